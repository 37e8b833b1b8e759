//! A file of many lines, read line by line as it comes: never whole in memory, whatever its size. What a line means is not
//! known here.

use std::time::Duration;

use reqwest::Response;
use tokio::time::timeout;

use super::delivery::Happened;

/// Most of a line that is read; a longer one is no resource.
const LINE: usize = 16 << 20;

/// The lines still to come.
pub(super) struct Lines {
    response: Response,
    /// How long the next part may keep us waiting.
    patience: Duration,
    held: Vec<u8>,
    /// Where the next line begins in what is held.
    at: usize,
    has_ended: bool,
}

impl Lines {
    pub(super) fn of(response: Response, patience: Duration) -> Self {
        Self { response, patience, held: Vec::new(), at: 0, has_ended: false }
    }

    /// The next line that is not blank; none at the end. A file that breaks off is `Lost`.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>, Happened> {
        let mut looked = self.at;
        loop {
            if let Some(end) = memchr::memchr(b'\n', &self.held[looked..]) {
                let line = self.held[self.at..looked + end].to_vec();
                self.at = looked + end + 1;
                looked = self.at;
                if !line.trim_ascii().is_empty() {
                    return Ok(Some(line));
                }
                continue;
            }
            if self.has_ended {
                let last = self.held.split_off(self.at);
                self.held.clear();
                self.at = 0;
                return Ok(Some(last).filter(|last| !last.trim_ascii().is_empty()));
            }
            self.held.drain(..self.at);
            self.at = 0;
            looked = self.held.len();
            self.more().await?;
        }
    }

    async fn more(&mut self) -> Result<(), Happened> {
        let status = self.response.status().as_u16();
        match timeout(self.patience, self.response.chunk()).await {
            Ok(Ok(Some(part))) if self.held.len() + part.len() <= LINE => self.held.extend_from_slice(&part),
            Ok(Ok(Some(_))) => {
                return Err(Happened::NotUnderstood { status, text: "(a line is longer than is read)".to_owned() });
            }
            Ok(Ok(None)) => self.has_ended = true,
            Ok(Err(_)) | Err(_) => return Err(Happened::Lost),
        }
        Ok(())
    }
}
