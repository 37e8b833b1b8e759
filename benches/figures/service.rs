//! The release binary as a service: submissions a second, time from start to ready, memory.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{clients, floor, line, sample};

/// How long each load lasts.
const LASTING: Duration = Duration::from_secs(8);

/// Prints the figures.
pub(crate) fn print() {
    println!("\nservice, {} clients, one plan a request, answered after a durable commit", clients::CLIENTS);
    let folder = TempDir::new().expect("a temporary folder can be made");
    let runtime = Runtime::new().expect("a runtime starts");
    let at = floor::start(&runtime, &folder);
    clients::run(at, "/floor", sample::plan, 1, Duration::from_secs(1));
    let floor = clients::run(at, "/floor", sample::plan, 1_000_000, LASTING);
    line(
        "floor: axum + serde_json + one SQLite insert",
        &format!("{:>8.0} / s   p99 {:.1} ms", floor.per_second, floor.p99_ms),
    );
    drop(runtime);

    let first = Service::start(&folder);
    let (made, idle) = (first.ready_after, first.resident_mb());
    drop(first);
    let service = Service::start(&folder);
    let path = "/submissions?agency=bench&mapping=plan-json";
    clients::run(service.address, path, sample::plan, 1, Duration::from_secs(1));
    let ours = clients::run(service.address, path, sample::plan, 1_000_000, LASTING);
    let share = ours.per_second / floor.per_second * 100.0;
    line(
        "ownwords: judged, said in FHIR, kept",
        &format!("{:>8.0} / s   p99 {:.1} ms   {share:.0} % of the floor", ours.per_second, ours.p99_ms),
    );
    let load = service.peak_mb();
    line(
        "start to ready, new store (tables made) / store at hand",
        &format!("{:.0} / {:.0} ms", ms(made), ms(service.ready_after)),
    );
    line("resident memory idle / peak under load", &format!("{idle:.0} / {load:.0} MB"));
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

pub(crate) struct Service {
    child: Child,
    pub(crate) address: SocketAddr,
    ready_after: Duration,
}

impl Service {
    fn start(folder: &TempDir) -> Self {
        Self::of(Command::new(env!("CARGO_BIN_EXE_ownwords")).current_dir(folder.path()))
    }

    /// Starts it on a store that is there, with its exports in `exports` of a folder.
    pub(crate) fn start_on(folder: &Path, store: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ownwords"));
        let exports = folder.join("exports");
        command.current_dir(folder).env("OWNWORDS_STORE_URL", store).env("OWNWORDS_SERVER_EXPORT_FOLDER", exports);
        Self::of(&mut command)
    }

    fn of(command: &mut Command) -> Self {
        let began = Instant::now();
        let mut child = command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("OWNWORDS_LOG_LEVEL", "error")
            .stderr(Stdio::piped())
            .spawn()
            .expect("the service starts");
        let mut said = String::new();
        let mut log = BufReader::new(child.stderr.take().expect("the log is piped"));
        log.read_line(&mut said).expect("the service says where it listens");
        let address = said.split("http://").nth(1).and_then(|rest| rest.split_whitespace().next());
        let address: SocketAddr = address.and_then(|text| text.parse().ok()).expect("an address");
        TcpStream::connect(address).expect("the service listens");
        let ready_after = began.elapsed();
        thread::sleep(Duration::from_millis(300));
        Self { child, address, ready_after }
    }

    fn resident_mb(&self) -> f64 {
        self.memory("VmRSS:")
    }

    fn peak_mb(&self) -> f64 {
        self.memory("VmHWM:")
    }

    fn memory(&self, name: &str) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("Linux tells the memory");
        let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("the line is there");
        line.split_whitespace().next().and_then(|kb| kb.parse::<f64>().ok()).expect("a number of kB") / 1024.0
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
