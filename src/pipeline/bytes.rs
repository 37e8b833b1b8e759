//! The bytes of a submission, in memory or in a file, to be read from their start as often as it takes.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Cursor, Seek},
    sync::Arc,
};

/// The bytes of a submission.
#[derive(Clone, Debug)]
pub enum Bytes {
    /// Few enough to be held.
    Memory(Arc<[u8]>),
    /// In a file that nobody else reads or writes.
    File(Arc<File>),
}

impl Bytes {
    /// Reads them from their start. One reader at a time: those of a file share its position.
    pub fn reader(&self) -> io::Result<Box<dyn BufRead + Send>> {
        Ok(match self {
            Self::Memory(bytes) => Box::new(Cursor::new(bytes.clone())),
            Self::File(file) => {
                let mut file = file.try_clone()?;
                file.rewind()?;
                Box::new(BufReader::with_capacity(64 << 10, file))
            }
        })
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Memory(bytes.into())
    }
}

impl From<File> for Bytes {
    fn from(file: File) -> Self {
        Self::File(Arc::new(file))
    }
}
