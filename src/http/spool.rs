//! Takes a body in as it comes: in memory while it is small, then in a temporary file, hashed on the way and never longer
//! than the limit.

use std::{io, mem};

use axum::body::{Body, Bytes as Chunk};
use http_body_util::BodyExt;
use tokio::{fs::File, io::AsyncWriteExt};

use super::error::HttpError;
use crate::pipeline::{bytes::Bytes, fingerprint::Fingerprint};

/// Bytes kept in memory before a body goes to a file.
const IN_MEMORY: usize = 1 << 20;

/// Bytes of the beginning that are kept at hand to recognise the form.
const HEAD: usize = 4096;

/// A body that has come in whole.
pub(super) struct Spooled {
    /// Its beginning.
    pub(super) head: Vec<u8>,
    /// SHA-256, in hexadecimal.
    pub(super) sha256: String,
    /// How many bytes.
    pub(super) size: u64,
    /// The bytes.
    pub(super) bytes: Bytes,
}

/// Takes a body in.
pub(super) async fn spool(mut body: Body, limit_mb: usize) -> Result<Spooled, HttpError> {
    let mut spool = Spool::default();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| HttpError::Broken("The body ended before its end. Please send it again."))?;
        let Ok(chunk) = frame.into_data() else { continue };
        if spool.fingerprint.size() + chunk.len() as u64 > (limit_mb as u64) << 20 {
            return Err(HttpError::TooLarge(limit_mb));
        }
        spool.add(&chunk).await.map_err(|_| HttpError::OurFault("spooling"))?;
    }
    spool.finish().await.map_err(|_| HttpError::OurFault("spooling"))
}

#[derive(Default)]
struct Spool {
    fingerprint: Fingerprint,
    head: Vec<u8>,
    memory: Vec<u8>,
    file: Option<File>,
}

impl Spool {
    async fn add(&mut self, chunk: &Chunk) -> io::Result<()> {
        self.fingerprint.add(chunk);
        let wanted = chunk.len().min(HEAD - self.head.len());
        self.head.extend_from_slice(&chunk[..wanted]);
        if self.file.is_none() && self.memory.len() + chunk.len() <= IN_MEMORY {
            self.memory.extend_from_slice(chunk);
            return Ok(());
        }
        if self.file.is_none() {
            let mut file = File::from_std(tempfile::tempfile()?);
            file.write_all(&mem::take(&mut self.memory)).await?;
            self.file = Some(file);
        }
        let file = self.file.as_mut().expect("the file was made above");
        file.write_all(chunk).await
    }

    async fn finish(self) -> io::Result<Spooled> {
        let bytes = match self.file {
            None => self.memory.into(),
            Some(mut file) => {
                file.flush().await?;
                file.into_std().await.into()
            }
        };
        let (sha256, size) = self.fingerprint.finish();
        Ok(Spooled { head: self.head, sha256, size, bytes })
    }
}
