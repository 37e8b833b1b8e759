//! The migrations: the same numbers and names for both databases, embedded, applied by `ownwords migrate`.
//!
//! A migration is an entry here and a file in each of the two folders; once released its files never change.

use sqlx::{
    SqlSafeStr,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
};

use super::{
    driver::Pool,
    failure::{StoreError, failed},
};

struct Step {
    version: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

const STEPS: &[Step] = &[
    Step {
        version: 1,
        name: "ground",
        sqlite: include_str!("sqlite/migrations/0001_ground.sql"),
        postgres: include_str!("postgres/migrations/0001_ground.sql"),
    },
    Step {
        version: 2,
        name: "history",
        sqlite: include_str!("sqlite/migrations/0002_history.sql"),
        postgres: include_str!("postgres/migrations/0002_history.sql"),
    },
    Step {
        version: 3,
        name: "search",
        sqlite: include_str!("sqlite/migrations/0003_search.sql"),
        postgres: include_str!("postgres/migrations/0003_search.sql"),
    },
    Step {
        version: 4,
        name: "steering",
        sqlite: include_str!("sqlite/migrations/0004_steering.sql"),
        postgres: include_str!("postgres/migrations/0004_steering.sql"),
    },
    Step {
        version: 7,
        name: "reading",
        sqlite: include_str!("sqlite/migrations/0007_reading.sql"),
        postgres: include_str!("postgres/migrations/0007_reading.sql"),
    },
];

impl Step {
    fn full_name(&self) -> String {
        format!("{:04}_{}", self.version, self.name)
    }
}

/// Applies what is missing; the names of what was.
pub(super) async fn migrate(pool: &Pool) -> Result<Vec<String>, StoreError> {
    let missing = missing(pool).await?;
    let mut left = missing.len();
    loop {
        let Err(error) = apply(pool).await else { return Ok(missing) };
        // Another process may be migrating the same file at the same moment: while it gets on, there may be less to do.
        left = match self::missing(pool).await {
            Ok(none) if none.is_empty() => return Ok(Vec::new()),
            Ok(fewer) if fewer.len() < left => fewer.len(),
            _ => return Err(not_applied(error)),
        };
    }
}

async fn apply(pool: &Pool) -> Result<(), MigrateError> {
    match pool {
        Pool::Sqlite { write, .. } => migrator(|step| step.sqlite).run(write).await,
        Pool::Postgres(pool) => migrator(|step| step.postgres).run(pool).await,
    }
}

/// Names of the migrations still to come; an error when there are some that this program does not know.
pub(super) async fn missing(pool: &Pool) -> Result<Vec<String>, StoreError> {
    let none = pool.rows(pool.dialect().migrations_table, &[], |row| row.int(0)).await?.is_empty();
    let applied = if none { Vec::new() } else { pool.rows(APPLIED, &[], |row| row.int(0)).await? };
    if let Some(&version) = applied.iter().find(|version| STEPS.iter().all(|step| step.version != **version)) {
        return Err(StoreError::OtherVersion { version });
    }
    Ok(STEPS.iter().filter(|step| !applied.contains(&step.version)).map(Step::full_name).collect())
}

const APPLIED: &str = "select version from _sqlx_migrations where success";

fn migrator(sql: fn(&Step) -> &'static str) -> Migrator {
    let migration = |step: &Step| {
        Migration::new(step.version, step.name.into(), MigrationType::Simple, sql(step).into_sql_str(), false)
    };
    Migrator::with_migrations(STEPS.iter().map(migration).collect())
}

fn not_applied(error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => failed(error),
        MigrateError::VersionMissing(version)
        | MigrateError::VersionMismatch(version)
        | MigrateError::VersionNotPresent(version)
        | MigrateError::Dirty(version) => StoreError::OtherVersion { version },
        _ => StoreError::Refused { code: "migration".to_owned() },
    }
}
