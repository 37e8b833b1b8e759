//! Rung E: files in an outbound folder, and a manifest that comes last and says what belongs together.
//!
//! A file is written under another name, flushed to disk and then linked to its own, so that who watches the folder never
//! sees half of one, and nothing that is there is ever overwritten. Names are ids of ours: they tell of nobody. Only our own
//! user may read them, as with the store.

#[cfg(unix)]
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use super::{Hitch, Load, PDF};
use crate::{copy::NoPdf, pipeline::fingerprint::Fingerprint, plan::code::Vocabulary, sync::connection::OutboundFile};

/// Why it could not be laid down, and what the system says.
pub(super) struct Stopped {
    pub hitch: Hitch,
    why: Option<io::ErrorKind>,
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self { hitch: Hitch::NoFolder, why: Some(error.kind()) }
    }
}

impl Stopped {
    /// Which folder it is, what the system says, and what helps; for staff.
    pub(super) fn says(&self, folder: &Path) -> Option<String> {
        let why = self.why?;
        Some(format!(
            "{}: {why}. Have the folder made and let the user that runs ownwords write there, or name another in outbound.folder.",
            folder.display()
        ))
    }
}

/// Lays the plan down. The same again is found there and left alone.
pub(super) fn lay_down(load: &Load, bundle: Option<String>, settings: &OutboundFile) -> Result<(), Stopped> {
    let (name, folder) = (name(load), settings.folder.as_path());
    make(folder)?;
    let mut files = vec![(format!("{name}.txt"), "text/plain; charset=utf-8", load.copy().bytes())];
    let pdf = settings.pdf.then(|| load.pdf());
    let left_out = pdf.as_ref().and_then(|pdf| pdf.as_ref().err()).map(NoPdf::to_string);
    files.extend(pdf.and_then(Result::ok).map(|pdf| (format!("{name}.pdf"), PDF, pdf)));
    files.extend(bundle.map(|bundle| (format!("{name}.fhir.json"), "application/fhir+json", bundle.into_bytes())));
    let listed: Vec<Value> = files.iter().map(|(name, kind, bytes)| listed(name, kind, bytes)).collect();
    for (name, _, bytes) in &files {
        put(folder, name, bytes)?;
    }
    put(folder, &format!("{name}.manifest.json"), format!("{:#}\n", manifest(load, &listed, left_out)).as_bytes())
}

/// Makes the folder where it is missing, for our own user alone.
fn make(folder: &Path) -> io::Result<()> {
    let mut making = DirBuilder::new();
    making.recursive(true);
    #[cfg(unix)]
    making.mode(0o700);
    making.create(folder)
}

/// Whether this version was laid down whole.
pub(super) fn is_there(load: &Load, folder: &Path) -> bool {
    folder.join(format!("{}.manifest.json", name(load))).is_file()
}

fn name(load: &Load) -> String {
    format!("{}.v{}", load.plan_ref, load.version)
}

fn listed(name: &str, kind: &str, bytes: &[u8]) -> Value {
    let (sha256, size) = Fingerprint::of(bytes).expect("bytes at hand can be read");
    json!({ "name": name, "type": kind, "size": size, "sha256": sha256 })
}

/// What belongs together, whose it is by the agency's own id, and why there is no PDF where there is none.
fn manifest(load: &Load, files: &[Value], left_out: Option<String>) -> Value {
    let labels = load.labels.as_array().into_iter().flatten().map(|label| label["code"].clone());
    let mut tree = json!({
        "format": "ownwords-outbound-1",
        "agency": load.agency,
        "person": load.person_id,
        "plan": load.plan.plan_id,
        "status": load.plan.status.as_ref().map(Vocabulary::as_known),
        "version": load.version,
        "received_at": load.at,
        "labels": labels.collect::<Vec<Value>>(),
        "files": files,
    });
    if let Some(why) = left_out {
        tree["left_out"] = json!([{ "type": PDF, "why": why }]);
    }
    tree
}

fn put(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Stopped> {
    let (path, temporary) = (folder.join(name), folder.join(format!(".{name}.part")));
    if path.exists() {
        return same(&path, bytes);
    }
    let ended = write(&temporary, &path, folder, bytes);
    let _ = fs::remove_file(&temporary);
    match ended {
        Ok(()) => Ok(()),
        // Someone was faster: it has to be the same.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => same(&path, bytes),
        Err(error) => Err(error.into()),
    }
}

fn write(temporary: &PathBuf, path: &PathBuf, folder: &Path, bytes: &[u8]) -> io::Result<()> {
    // What a stopped process left may have been made by a user with other rights.
    let _ = fs::remove_file(temporary);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options.open(temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    // A link fails where a renaming would overwrite; where the folder's disk knows no links, it is renamed.
    match fs::hard_link(temporary, path) {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => fs::rename(temporary, path)?,
        linked => linked?,
    }
    File::open(folder)?.sync_all()
}

fn same(path: &Path, bytes: &[u8]) -> Result<(), Stopped> {
    match fs::read(path) {
        Ok(there) if there == bytes => Ok(()),
        Ok(_) => Err(Stopped { hitch: Hitch::FileTaken, why: None }),
        Err(error) => Err(error.into()),
    }
}
