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
    /// Number and name, such as `0001_ground`.
    file: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! step {
    ($file:literal) => {
        Step {
            file: $file,
            sqlite: include_str!(concat!("sqlite/migrations/", $file, ".sql")),
            postgres: include_str!(concat!("postgres/migrations/", $file, ".sql")),
        }
    };
}

const STEPS: &[Step] = &[
    step!("0001_ground"),
    step!("0002_history"),
    step!("0003_search"),
    step!("0004_steering"),
    step!("0006_rungs"),
    step!("0007_reading"),
    step!("0008_export"),
    step!("0009_filing"),
    step!("0010_lanes"),
    step!("0011_keeping"),
    step!("0012_persons"),
    step!("0013_bulk"),
    step!("0014_due"),
    step!("0015_forms"),
    step!("0016_search"),
    step!("0017_tags"),
    step!("0018_tally"),
];

impl Step {
    fn parts(&self) -> (i64, &'static str) {
        let (version, name) = self.file.split_once('_').expect("a file above has a number and a name");
        (version.parse().expect("the number of a file above is one"), name)
    }

    fn version(&self) -> i64 {
        self.parts().0
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
    if let Some(&version) = applied.iter().find(|version| STEPS.iter().all(|step| step.version() != **version)) {
        return Err(StoreError::OtherVersion { version });
    }
    Ok(STEPS.iter().filter(|step| !applied.contains(&step.version())).map(|step| step.file.to_owned()).collect())
}

const APPLIED: &str = "select version from _sqlx_migrations where success";

fn migrator(sql: fn(&Step) -> &'static str) -> Migrator {
    let migration = |step: &Step| {
        let (version, name) = step.parts();
        Migration::new(version, name.into(), MigrationType::Simple, sql(step).into_sql_str(), false)
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
