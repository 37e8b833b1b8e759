//! The fingerprint of a submission's bytes, by which the same bytes are known again.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

/// SHA-256 and length of bytes as they come.
#[derive(Clone, Debug, Default)]
pub struct Fingerprint {
    hash: Sha256,
    size: u64,
}

impl Fingerprint {
    /// The fingerprint of everything a reader gives, and how many bytes that were.
    pub fn of(mut bytes: impl Read) -> io::Result<(String, u64)> {
        let (mut fingerprint, mut piece) = (Self::default(), vec![0; 64 << 10]);
        loop {
            match bytes.read(&mut piece)? {
                0 => return Ok(fingerprint.finish()),
                count => fingerprint.add(&piece[..count]),
            }
        }
    }

    /// Takes the next bytes in.
    pub fn add(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
    }

    /// How many bytes came so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// SHA-256 in hexadecimal, and how many bytes.
    pub fn finish(self) -> (String, u64) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let hash = self.hash.finalize();
        let digits = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        (digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect(), self.size)
    }
}
