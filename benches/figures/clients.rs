//! Four clients that send one plan a request over a connection each, as fast as they are answered.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

/// Clients at once.
pub(crate) const CLIENTS: usize = 4;

/// What a run came to.
pub(crate) struct Run {
    /// Answers a second.
    pub per_second: f64,
    /// Milliseconds that 99 of 100 answers took at most.
    pub p99_ms: f64,
}

/// Sends plans for a while.
pub(crate) fn run(
    address: SocketAddr,
    path: &str,
    plan: impl Fn(u64) -> String + Sync,
    first: u64,
    lasting: Duration,
) -> Run {
    let (next, began) = (AtomicU64::new(first), Instant::now());
    let mut took: Vec<Duration> = thread::scope(|scope| {
        let client = || {
            let mut connection = Connection::open(address);
            let mut took = Vec::new();
            while began.elapsed() < lasting {
                let body = plan(next.fetch_add(1, Ordering::Relaxed));
                let asked = Instant::now();
                let status = connection.post(path, &body);
                assert!(status == 201 || status == 200, "answer {status}");
                took.push(asked.elapsed());
            }
            took
        };
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(client)).collect();
        clients.into_iter().flat_map(|client| client.join().expect("the client ends")).collect()
    });
    let seconds = began.elapsed().as_secs_f64();
    took.sort_unstable();
    #[allow(clippy::cast_precision_loss, reason = "a count of answers is exact in a float")]
    let per_second = took.len() as f64 / seconds;
    Run { per_second, p99_ms: took[took.len() * 99 / 100].as_secs_f64() * 1e3 }
}

/// A connection that stays open.
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
    address: SocketAddr,
    /// Where the last answer said its status is.
    pub(crate) place: Option<String>,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the service listens");
        stream.set_nodelay(true).expect("the socket takes options");
        Self { stream: BufReader::new(stream), address, place: None }
    }

    fn post(&mut self, path: &str, body: &str) -> u16 {
        let head = format!("POST {path} HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\n\r\n", self.address, body.len());
        self.answered(&[head.as_bytes(), body.as_bytes()].concat()).0
    }

    /// Status and body; `headers` are whole lines.
    pub(crate) fn get(&mut self, path: &str, headers: &str) -> (u16, Vec<u8>) {
        self.answered(format!("GET {path} HTTP/1.1\r\nhost: {}\r\n{headers}\r\n", self.address).as_bytes())
    }

    fn answered(&mut self, request: &[u8]) -> (u16, Vec<u8>) {
        self.stream.get_mut().write_all(request).expect("it can be sent");
        let (mut line, mut length, mut status) = (String::new(), 0, 0);
        loop {
            line.clear();
            self.stream.read_line(&mut line).expect("an answer comes");
            match line.trim_end().split_once(':') {
                None if line.starts_with("HTTP/") => status = line[9..12].parse().expect("a status"),
                None => break,
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse().expect("a length");
                }
                Some((name, value)) if name.eq_ignore_ascii_case("content-location") => {
                    self.place = Some(value.trim().to_owned());
                }
                Some(_) => {}
            }
        }
        let mut rest = vec![0; length];
        self.stream.read_exact(&mut rest).expect("the answer is whole");
        (status, rest)
    }
}
