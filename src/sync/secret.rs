//! Secrets of connections: they stand in files or in the environment, and are held in a type that prints nothing.

use std::{env, fmt, fs, io, path::PathBuf};

use super::SyncError;

/// A secret. Neither `Debug` nor an error shows it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret(String);

impl Secret {
    /// A secret that came from elsewhere, such as a token.
    pub(super) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The secret itself, for the request that needs it.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Where a secret stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SecretPlace {
    /// Alone in a file.
    File(PathBuf),
    /// In a variable of the environment.
    Environment(String),
}

impl SecretPlace {
    /// Reads it, without the white space around it; an empty one is none.
    pub(super) fn read(&self) -> Result<Secret, SyncError> {
        let read = match self {
            Self::File(file) => fs::read_to_string(file).map_err(|error| error.kind()),
            Self::Environment(name) => env::var(name).map_err(|_| io::ErrorKind::NotFound),
        };
        let text = read.map_err(|kind| self.unreadable(kind))?;
        if text.trim().is_empty() {
            return Err(self.unreadable(io::ErrorKind::InvalidData));
        }
        Ok(Secret(text.trim().to_owned()))
    }

    /// The error that names the place, and nothing of what stands there.
    pub(super) fn unreadable(&self, kind: io::ErrorKind) -> SyncError {
        match self {
            Self::File(file) => SyncError::Secret { place: file.display().to_string(), kind },
            Self::Environment(name) => SyncError::Secret { place: format!("the variable {name}"), kind },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Secret, SecretPlace};

    #[test]
    fn nothing_prints_a_secret() {
        let secret = Secret("correct horse".to_owned());
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "Secret Some(Secret)");
        let error = SecretPlace::Environment("OWNWORDS_NOT_SET_IN_ANY_TEST".to_owned()).read().expect_err("none there");
        assert!(error.to_string().contains("OWNWORDS_NOT_SET_IN_ANY_TEST"), "{error}");
    }
}
