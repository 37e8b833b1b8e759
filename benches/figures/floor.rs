//! The floor of the service: axum, `serde_json` parse and write, one SQLite insert with the same durability. No judging.

use std::net::SocketAddr;

use axum::{Router, extract::State, http::StatusCode, routing::post};
use serde_json::Value;
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tempfile::TempDir;
use tokio::{net::TcpListener, runtime::Runtime};

/// Starts the floor on a runtime of its own.
pub(crate) fn start(runtime: &Runtime, folder: &TempDir) -> SocketAddr {
    runtime.block_on(async {
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("floor.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let pool =
            SqlitePoolOptions::new().max_connections(1).connect_with(options).await.expect("the floor's store opens");
        sqlx::query("create table record (id integer primary key, body text not null)")
            .execute(&pool)
            .await
            .expect("the floor's table is made");
        let router = Router::new().route("/floor", post(keep)).with_state(pool);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("the floor listens");
        let address = listener.local_addr().expect("the floor has an address");
        tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        address
    })
}

async fn keep(State(pool): State<SqlitePool>, body: String) -> (StatusCode, String) {
    let plan: Value = serde_json::from_str(&body).expect("the sample is JSON");
    let written = plan.to_string();
    let insert = sqlx::query("insert into record (body) values ($1)").bind(&written).execute(&pool).await;
    insert.expect("the floor's row is kept");
    (StatusCode::CREATED, written)
}
