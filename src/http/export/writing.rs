//! Writes exports, one at a time: a part of the walk, its lines to the files, then how far it is to the store.
//!
//! The same part gives the same bytes at the same place of the same file, since the snapshot stands still. So whoever goes on
//! with an export, after a stop or beside a writer that was too slow, writes over what is there already and nothing is twice.

use std::{
    collections::{BTreeMap, HashSet},
    io::{self, SeekFrom},
    path::PathBuf,
    time::Duration,
};

use tokio::{
    fs::{self, DirBuilder, OpenOptions},
    io::{AsyncSeekExt, AsyncWriteExt},
    task,
    time::sleep,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::asked::Asked;
use crate::{
    events,
    fhir::{bulk, found::stamped_line},
    http::{Service, search},
    store::{AgencyScope, Export, ExportFile, ExportState, Part, StoreError, Walk},
};

/// How long a claim holds without a step.
const LEASE: Duration = Duration::from_secs(30);

/// How often is looked for what another process began, left behind or let expire.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// The type of the lines that say what was taken out.
pub(super) const DELETED: &str = "Bundle";

/// The type of the lines that say something about the export.
pub(super) const OUTCOMES: &str = "OperationOutcome";

/// Why an export is not written on.
#[derive(Debug)]
enum Hindrance {
    Store(StoreError),
    Files,
    Damaged,
}

impl From<StoreError> for Hindrance {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<io::Error> for Hindrance {
    fn from(_: io::Error) -> Self {
        Self::Files
    }
}

/// Writes what is to be written until the service stops.
pub(in crate::http) async fn work(service: Service, stop: CancellationToken) {
    loop {
        if let Err(error) = turn(&service, &stop).await {
            events::BesideHindered { making: "export", kind: error.kind() }.emit();
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = service.exports.notified() => {}
            () = sleep(LOOK_AGAIN) => {}
        }
    }
}

/// Where the files of an export stand.
pub(super) fn folder(service: &Service, id: Uuid) -> PathBuf {
    service.settings.export_folder.join(id.to_string())
}

/// Removes the files of an export. What cannot be removed now is looked for again when the service starts.
pub(super) async fn remove(service: &Service, id: Uuid) {
    drop(fs::remove_dir_all(folder(service, id)).await);
}

async fn turn(service: &Service, stop: &CancellationToken) -> Result<(), StoreError> {
    let store = &service.intake.store;
    for id in store.expired_exports().await? {
        remove(service, id).await;
        store.remove_export(id, &AgencyScope::All).await?;
    }
    remove_strays(service).await?;
    while !stop.is_cancelled() {
        let Some(export) = store.claim_export(LEASE).await? else { break };
        match write(service, &export, stop).await {
            Ok(()) => {}
            // It can go on when the lease is over.
            Err(Hindrance::Store(error)) if error.is_passing() => return Err(error),
            Err(why) => {
                let kind = match why {
                    Hindrance::Store(error) => error.kind(),
                    Hindrance::Files => "export files",
                    Hindrance::Damaged => "export damaged",
                };
                events::BesideHindered { making: "export", kind }.emit();
                store.advance_export(export.claim(), ExportState::Failed, export.written, Vec::new(), LEASE).await?;
                remove(service, export.id).await;
            }
        }
    }
    Ok(())
}

/// Removes folders of exports that are no more, such as one given up while it was written.
async fn remove_strays(service: &Service) -> Result<(), StoreError> {
    let Ok(mut all) = fs::read_dir(&service.settings.export_folder).await else { return Ok(()) };
    while let Ok(Some(entry)) = all.next_entry().await {
        let Some(id) = entry.file_name().to_str().and_then(|name| Uuid::try_parse(name).ok()) else { continue };
        if service.intake.store.export(id, &AgencyScope::All).await?.is_none() {
            remove(service, id).await;
        }
    }
    Ok(())
}

async fn write(service: &Service, export: &Export, stop: &CancellationToken) -> Result<(), Hindrance> {
    let store = &service.intake.store;
    let asked: Asked = serde_json::from_str(&export.asked).map_err(|_| Hindrance::Damaged)?;
    let (mut files, mut walk) = begun(service, export, &asked).await?;
    let (claim, mut seen) = (export.claim(), HashSet::new());
    loop {
        if stop.is_cancelled() {
            store.advance_export(claim, ExportState::Open, walk.after, files.written, Duration::ZERO).await?;
            return Ok(());
        }
        let mut part = store.part(walk, &asked.people, &export.scope).await?;
        part.here.retain(|one| asked.wants(&one.kind) && (asked.people.is_empty() || seen.insert(one.id)));
        part.gone.retain(|(kind, _)| asked.wants(kind));
        let rest = part.rest;
        let lines = task::spawn_blocking(move || lines(part)).await.map_err(|_| Hindrance::Damaged)?;
        files.add(lines.ok_or(Hindrance::Damaged)?).await?;
        walk.after = rest.map_or(walk.up_to, |rest| rest.after);
        let state = if rest.is_some() { ExportState::Open } else { ExportState::Done };
        if state == ExportState::Done {
            files.settle().await?;
        }
        let goes_on = store.advance_export(claim, state, walk.after, files.written.clone(), LEASE).await?;
        if state == ExportState::Done || !goes_on {
            return Ok(());
        }
    }
}

/// The files and the walk where they were left; from the beginning where a file does not hold what was said of it.
async fn begun(service: &Service, export: &Export, asked: &Asked) -> Result<(Files, Walk), Hindrance> {
    let mut files = Files { folder: folder(service, export.id), written: export.files.clone() };
    make_private(&service.settings.export_folder).await?;
    make_private(&files.folder).await?;
    // Whom a resource was written for already is not kept, so that an export of named people begins anew.
    if export.written > export.whole.after && asked.people.is_empty() && files.are_whole().await {
        return Ok((files, Walk { after: export.written, ..export.whole }));
    }
    files.written.clear();
    if !asked.unused.is_empty() {
        files.add(BTreeMap::from([(OUTCOMES.to_owned(), told(&asked.unused.join(", ")))])).await?;
    }
    Ok((files, export.whole))
}

impl Asked {
    fn wants(&self, kind: &str) -> bool {
        self.kinds.is_empty() || self.kinds.iter().any(|wanted| wanted == kind)
    }
}

/// What goes to each file: its lines, and how many.
type Lines = (Vec<u8>, u64);

/// The lines of a part by type; none when a resource is no JSON.
fn lines(part: Part) -> Option<BTreeMap<String, Lines>> {
    let mut all: BTreeMap<String, Lines> = BTreeMap::new();
    let mut add = |kind: &str, line: &str| {
        let (bytes, many) = all.entry(kind.to_owned()).or_default();
        bytes.extend_from_slice(line.as_bytes());
        bytes.push(b'\n');
        *many += 1;
    };
    for one in part.here {
        add(&one.kind, &stamped_line(&one.json, one.version, one.updated_at)?);
    }
    for (kind, id) in part.gone {
        add(DELETED, &bulk::deletion(&kind, id).to_string());
    }
    Some(all)
}

fn told(names: &str) -> Lines {
    (format!("{}\n", search::told(names)).into_bytes(), 1)
}

/// The files of one export.
struct Files {
    folder: PathBuf,
    written: Vec<ExportFile>,
}

impl Files {
    async fn are_whole(&self) -> bool {
        for file in &self.written {
            let length = fs::metadata(self.folder.join(&file.name)).await.map_or(0, |known| known.len());
            if length < file.bytes {
                return false;
            }
        }
        true
    }

    async fn add(&mut self, lines: BTreeMap<String, Lines>) -> io::Result<()> {
        for (kind, (bytes, many)) in lines {
            let at = self.written.iter().position(|file| file.kind == kind).unwrap_or_else(|| {
                self.written.push(ExportFile { name: format!("{kind}.ndjson"), kind, bytes: 0, lines: 0 });
                self.written.len() - 1
            });
            let known = &mut self.written[at];
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(false);
            #[cfg(unix)]
            options.mode(0o600);
            let mut file = options.open(self.folder.join(&known.name)).await?;
            file.seek(SeekFrom::Start(known.bytes)).await?;
            file.write_all(&bytes).await?;
            file.flush().await?;
            known.bytes += bytes.len() as u64;
            known.lines += many;
        }
        Ok(())
    }

    /// Brings the files to the disk, and cuts off what an earlier run wrote beyond their end.
    async fn settle(&self) -> io::Result<()> {
        for known in &self.written {
            let file = OpenOptions::new().write(true).open(self.folder.join(&known.name)).await?;
            file.set_len(known.bytes).await?;
            file.sync_all().await?;
        }
        Ok(())
    }
}

/// Makes a folder, if it is not there, that only the service's own user may look into.
async fn make_private(folder: &PathBuf) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(folder).await
}
