//! What can go wrong with a store, said so that the reader knows what to do. No SQL, no bound value, no URL gets in here.

use sqlx::{
    error::{DatabaseError, ErrorKind},
    postgres::PgDatabaseError,
};

/// Why the store could not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The url, the file or its folder is not right.
    #[error(
        "the store cannot be opened: {why}; set [store] url to sqlite:FILE in a folder that can be written, or to postgres://…"
    )]
    CannotOpen {
        /// What is wrong, without the url.
        why: String,
    },
    /// Tables are missing.
    #[error("the store lacks {}; run `ownwords migrate`", missing.join(", "))]
    NotMigrated {
        /// The migrations to come.
        missing: Vec<String>,
    },
    /// A newer ownwords, or someone's hand, changed its tables.
    #[error(
        "the store's migration {version} is not the one this ownwords knows; use the ownwords that made it, or a newer one"
    )]
    OtherVersion {
        /// Number of the migration.
        version: i64,
    },
    /// Others held it for too long.
    #[error("the store is busy; nothing was kept, try again")]
    Busy,
    /// It does not answer.
    #[error("the store does not answer ({code}); check that the database runs and can be reached, then try again")]
    Unreachable {
        /// The kind of fault.
        code: String,
    },
    /// The disk is full.
    #[error("the store's disk is full; nothing was kept, make room and try again")]
    Full,
    /// What it holds cannot be read.
    #[error("the store is damaged at {what}; stop, keep a copy of it, and restore from a backup")]
    Damaged {
        /// The column or part.
        what: String,
    },
    /// A value that the tables do not take.
    #[error("the store refused a row ({code}); nothing of this record was kept")]
    Refused {
        /// The constraint's name or the database's code.
        code: String,
    },
}

/// The code of a refusal because a plan has moved on.
const OVERTAKEN: &str = "the plan does not stand where it stood";

impl StoreError {
    pub(super) fn overtaken() -> Self {
        Self::Refused { code: OVERTAKEN.to_owned() }
    }

    /// Whether it was refused because the plan has moved on since it was looked at.
    pub fn is_overtaken(&self) -> bool {
        matches!(self, Self::Refused { code } if code == OVERTAKEN)
    }

    /// Whether the same again may do later: the fault lies in the moment, not in what was sent.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Busy | Self::Unreachable { .. } | Self::Full)
    }

    /// Its kind in one word, for logs and health checks.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::CannotOpen { .. } => "store cannot be opened",
            Self::NotMigrated { .. } => "store not migrated",
            Self::OtherVersion { .. } => "store of another version",
            Self::Busy => "store busy",
            Self::Unreachable { .. } => "store unreachable",
            Self::Full => "store full",
            Self::Damaged { .. } => "store damaged",
            Self::Refused { .. } => "store refused a row",
        }
    }

    /// Whether two writers met, so that the same again will do.
    pub(super) fn is_a_meeting(&self) -> bool {
        matches!(self, Self::Busy) || matches!(self, Self::Refused { code } if code == MET)
    }

    /// Whether the fault lies in what was to be written, not in the store.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }
}

const MET: &str = "unique";

/// What an error of the driver means. Its own text is dropped: it can hold values.
#[expect(clippy::needless_pass_by_value, reason = "stands in map_err")]
pub(super) fn failed(error: sqlx::Error) -> StoreError {
    let code = match &error {
        sqlx::Error::Database(said) if said.try_downcast_ref::<PgDatabaseError>().is_some() => {
            return postgres(&**said);
        }
        sqlx::Error::Database(said) => return sqlite(&**said),
        sqlx::Error::Configuration(_) => return StoreError::CannotOpen { why: "its url cannot be read".to_owned() },
        sqlx::Error::ColumnDecode { index, .. } => return StoreError::Damaged { what: index.clone() },
        sqlx::Error::Decode(_) | sqlx::Error::ColumnNotFound(_) | sqlx::Error::ColumnIndexOutOfBounds { .. } => {
            return StoreError::Damaged { what: "a row".to_owned() };
        }
        sqlx::Error::Encode(_) | sqlx::Error::InvalidArgument(_) => "value",
        sqlx::Error::PoolTimedOut => "no free connection",
        sqlx::Error::Io(_) => "connection",
        sqlx::Error::Tls(_) => "TLS",
        sqlx::Error::Protocol(_) => "protocol",
        sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => "closed",
        _ => "other",
    };
    match code {
        "value" => StoreError::Refused { code: code.to_owned() },
        _ => StoreError::Unreachable { code: code.to_owned() },
    }
}

fn postgres(said: &dyn DatabaseError) -> StoreError {
    let code = said.code().unwrap_or_default();
    match code.as_ref() {
        "42P01" | "3F000" => StoreError::NotMigrated { missing: vec!["its tables".to_owned()] },
        "40001" | "40P01" | "55P03" => StoreError::Busy,
        "53100" => StoreError::Full,
        "28000" | "28P01" | "3D000" => {
            StoreError::CannotOpen { why: format!("the database refused the login or has no such name ({code})") }
        }
        "23505" => StoreError::Refused { code: MET.to_owned() },
        state if state.starts_with("XX") => StoreError::Damaged { what: code.into_owned() },
        state if ["08", "53", "57"].iter().any(|class| state.starts_with(class)) => {
            StoreError::Unreachable { code: code.into_owned() }
        }
        _ => StoreError::Refused { code: said.constraint().map_or_else(|| code.to_string(), str::to_owned) },
    }
}

fn sqlite(said: &dyn DatabaseError) -> StoreError {
    let code = said.code().unwrap_or_default().into_owned();
    // The low byte of an extended result code is the code proper.
    match code.parse::<i32>().unwrap_or_default() & 0xff {
        1 if said.message().starts_with("no such table") => {
            StoreError::NotMigrated { missing: vec!["its tables".to_owned()] }
        }
        5 | 6 => StoreError::Busy,
        8 | 14 | 23 => {
            StoreError::CannotOpen { why: format!("the file cannot be opened or written (SQLite code {code})") }
        }
        10 => StoreError::Unreachable { code: format!("disk, SQLite code {code}") },
        11 | 26 => StoreError::Damaged { what: format!("the file (SQLite code {code})") },
        13 => StoreError::Full,
        _ if said.kind() == ErrorKind::UniqueViolation => StoreError::Refused { code: MET.to_owned() },
        _ => StoreError::Refused { code: format!("SQLite code {code}") },
    }
}
