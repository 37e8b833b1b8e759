//! A store of a million resources: what searching, counting and exporting it costs, by HTTP, in SQLite and, where
//! `OWNWORDS_TEST_POSTGRES` names a database that may be filled, in PostgreSQL. `OWNWORDS_BENCH_RESOURCES` says another number.

use std::{
    env, fs,
    net::SocketAddr,
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use ownwords::fhir::Ids;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{
    clients::Connection,
    kept::{self, AGENCY, Filling},
    line,
    service::Service,
};

type Query<'q> = Box<dyn Fn(u64) -> String + Sync + 'q>;

/// Plans that are kept at once.
const AT_ONCE: u64 = 250;

/// Prints the figures.
pub(crate) fn print() {
    let wanted = env::var("OWNWORDS_BENCH_RESOURCES").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let folder = TempDir::new().expect("a temporary folder can be made");
    kept::of_each_store(folder.path(), |name, url| of_store(name, url, wanted, folder.path()));
}

fn of_store(name: &str, url: &str, wanted: u64, folder: &Path) {
    let runtime = Runtime::new().expect("a runtime starts");
    let began = Instant::now();
    let (ids, plans, resources) = runtime.block_on(filled(url, wanted));
    drop(runtime);
    println!("\n{name} with {resources} resources of {plans} plans, filled in {:.0} s", began.elapsed().as_secs_f64());
    let service = Service::start_on(folder, url);
    searches(service.address, &ids, plans);
    export(service.address, folder);
}

/// Fills a store; its ids, and how many plans and resources are there.
async fn filled(url: &str, wanted: u64) -> (Ids, u64, u64) {
    let filling = Filling::of(url).await;
    let (mut plans, mut resources) = (0, 0);
    while resources < wanted {
        resources += filling.keep(plans + 1..plans + AT_ONCE + 1, &[]).await;
        plans += AT_ONCE;
    }
    (filling.finish().await, plans, resources)
}

fn searches(address: SocketAddr, ids: &Ids, plans: u64) {
    let person = |number: u64| ids.of("Patient", AGENCY, &[&format!("P-{number}")]);
    let plan = |number: u64| ids.of("CarePlan", AGENCY, &[&format!("RP-{number}")]);
    let sid = "https://ownwords.org/fhir/sid/agency";
    let queries: Vec<(&str, u64, Query<'_>)> = vec![
        ("read CarePlan/{id}", 2000, Box::new(|number| format!("CarePlan/{}", plan(number)))),
        (
            "Patient by identifier",
            2000,
            Box::new(|number| format!("Patient?identifier={sid}/{AGENCY}/person%7CP-{number}")),
        ),
        (
            "CarePlan by person, category, status, with goals",
            2000,
            Box::new(|number| {
                format!("CarePlan?patient={}&category=assess-plan&status=active&_include=CarePlan:goal", person(number))
            }),
        ),
        (
            "Goal by person and status",
            2000,
            Box::new(|number| format!("Goal?patient={}&lifecycle-status=active&_sort=-start-date", person(number))),
        ),
        ("Goal of everyone, a page of 50", 200, Box::new(|_| "Goal?_count=50".to_owned())),
        (
            "Goal of everyone by status, newest first, a page of 50",
            200,
            Box::new(|_| "Goal?lifecycle-status=active&_sort=-_lastUpdated&_count=50".to_owned()),
        ),
        ("Goal of everyone by a status that none has", 200, Box::new(|_| "Goal?lifecycle-status=rejected".to_owned())),
        (
            "Goal?lifecycle-status=active&_summary=count",
            20,
            Box::new(|_| "Goal?lifecycle-status=active&_summary=count".to_owned()),
        ),
        ("Patient by a name that nobody has, a page", 200, Box::new(|_| "Patient?name=Quintero".to_owned())),
        ("Goal/_history, a page of 50", 200, Box::new(|_| "Goal/_history?_count=50".to_owned())),
        ("Goal?_summary=count", 10, Box::new(|_| "Goal?_summary=count".to_owned())),
    ];
    for (name, times, query) in queries {
        let (p50, p99) = taken(address, times, |at| query(1 + at.wrapping_mul(7919) % plans));
        line(name, &format!("p50 {p50:>8.2} ms   p99 {p99:>8.2} ms"));
    }
}

/// Milliseconds that half and 99 of 100 answers took at most, asked by two clients at once.
fn taken(address: SocketAddr, times: u64, query: impl Fn(u64) -> String + Sync) -> (f64, f64) {
    let next = AtomicU64::new(0);
    let client = || {
        let (mut connection, mut took) = (Connection::open(address), Vec::new());
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= times {
                return took;
            }
            let path = format!("/fhir/{}", query(at));
            let asked = Instant::now();
            let (status, body) = connection.get(&path, "");
            assert!(status == 200 && body.len() > 20, "{path}: {status}");
            took.push(asked.elapsed());
        }
    };
    let mut took: Vec<Duration> = thread::scope(|scope| {
        let clients: Vec<_> = (0..2).map(|_| scope.spawn(client)).collect();
        clients.into_iter().flat_map(|client| client.join().expect("the client ends")).collect()
    });
    took.sort_unstable();
    let ms = |at: usize| took[at.min(took.len() - 1)].as_secs_f64() * 1e3;
    (ms(took.len() / 2), ms(took.len() * 99 / 100))
}

fn export(address: SocketAddr, folder: &Path) {
    let mut connection = Connection::open(address);
    let began = Instant::now();
    let (status, _) = connection.get("/fhir/$export", "prefer: respond-async\r\naccept: application/fhir+json\r\n");
    assert_eq!(status, 202);
    let place = connection.place.clone().expect("the status has an address");
    let place = place[place.find("/fhir").expect("it is one of FHIR")..].to_owned();
    while connection.get(&place, "").0 == 202 {
        thread::sleep(Duration::from_millis(20));
    }
    let seconds = began.elapsed().as_secs_f64();
    let id = place.rsplit('/').next().unwrap_or_default();
    let bytes: u64 = sizes(&folder.join("exports").join(id)).into_iter().sum();
    #[allow(clippy::cast_precision_loss, reason = "bytes of an export are far below 2^52")]
    let mb = bytes as f64 / 1e6;
    line(
        "$export of everything, to files on the disk",
        &format!("{mb:.0} MB in {seconds:.1} s: {:.1} MB/s", mb / seconds),
    );
}

fn sizes(folder: &Path) -> Vec<u64> {
    let files = fs::read_dir(folder).expect("the export has a folder");
    files.map(|file| file.expect("a file").metadata().expect("it has a size").len()).collect()
}
