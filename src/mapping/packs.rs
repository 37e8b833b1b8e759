//! The mappings at hand: those built in, and those of a folder of the agency's own.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use include_dir::{Dir, include_dir};

use super::{
    Mapping, MappingError,
    example::{Example, Home},
};

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/mappings");

const FILE: &str = "mapping.toml";
const MODEL: &str = "plan-json";
const FHIR: &str = "fhir-r4";

/// Mappings by id, each with the place of its files.
#[derive(Clone, Debug, Default)]
pub struct Packs {
    mappings: BTreeMap<String, (Arc<Mapping>, Home)>,
}

impl Packs {
    /// Compiles the built-in mappings, and those in the folders of `extra_folder`; one of the folder stands before a built-in one
    /// of the same id.
    pub fn load(extra_folder: Option<&Path>) -> Result<Self, MappingError> {
        let mut packs = Self::default();
        for folder in BUILT_IN.dirs() {
            let path = |name: &str| folder.path().join(name);
            let Some(text) = BUILT_IN.get_file(path(FILE)).and_then(|file| file.contents_utf8()) else { continue };
            let label = format!("mappings/{}", path(FILE).display());
            let read = |name: &str| BUILT_IN.get_file(path(name)).map(|file| file.contents().to_vec());
            packs.add(&label, Mapping::read(&label, text, &read)?, Home::BuiltIn(folder))?;
        }
        if let Some(folder) = extra_folder {
            packs.add_folder(folder)?;
        }
        Ok(packs)
    }

    /// The mapping of that id.
    pub fn get(&self, id: &str) -> Option<Arc<Mapping>> {
        self.mappings.get(id).map(|(mapping, _)| mapping.clone())
    }

    /// Every id, sorted.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.mappings.keys().map(String::as_str)
    }

    /// The examples of a mapping, by name; none when there is no such mapping.
    pub fn examples(&self, id: &str) -> Result<Vec<Example>, MappingError> {
        self.mappings
            .get(id)
            .map_or(Ok(Vec::new()), |(_, home)| home.examples())
            .map_err(|source| unreadable(id, source))
    }

    /// Every file of a mapping, by its path within it.
    pub fn files(&self, id: &str) -> Result<Vec<(PathBuf, Vec<u8>)>, MappingError> {
        self.mappings.get(id).map_or(Ok(Vec::new()), |(_, home)| home.files()).map_err(|source| unreadable(id, source))
    }

    /// The mapping whose form these first bytes of a file are, when the content itself says so.
    pub fn recognise(&self, head: &[u8]) -> Option<Arc<Mapping>> {
        let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
        let holds = |name: &str| memchr::memmem::find(head, format!("\"{name}\"").as_bytes()).is_some();
        if head.starts_with(b"<") {
            let is_fhir =
                holds("http://hl7.org/fhir") || memchr::memmem::find(head, b"'http://hl7.org/fhir'").is_some();
            return if is_fhir { self.get(FHIR) } else { None };
        }
        let is_model = holds("plan_id")
            && ["schema_version", "goals", "strengths", "no_goal", "person"].iter().any(|name| holds(name));
        (head.starts_with(b"{") || head.starts_with(b"[")).then_some(())?;
        match (is_model, holds("resourceType")) {
            (true, false) => self.get(MODEL),
            (false, true) => self.get(FHIR),
            _ => None,
        }
    }

    fn add_folder(&mut self, folder: &Path) -> Result<(), MappingError> {
        let fault = |source| MappingError::Folder { folder: folder.display().to_string(), source };
        let mut inner: Vec<_> = fs::read_dir(folder).map_err(fault)?.collect::<Result<_, _>>().map_err(fault)?;
        inner.sort_by_key(fs::DirEntry::path);
        for pack in inner.iter().map(fs::DirEntry::path).filter(|path| path.join(FILE).is_file()) {
            let text = fs::read_to_string(pack.join(FILE)).map_err(fault)?;
            let label = pack.join(FILE).display().to_string();
            let mapping = Mapping::read(&label, &text, &|name| fs::read(pack.join(name)).ok())?;
            self.add(&label, mapping, Home::Folder(pack))?;
        }
        Ok(())
    }

    fn add(&mut self, label: &str, mapping: Mapping, home: Home) -> Result<(), MappingError> {
        let id = mapping.id.clone();
        if let Some((_, Home::Folder(_))) = self.mappings.get(&id) {
            return Err(MappingError::IdTaken { file: label.to_owned(), id });
        }
        self.mappings.insert(id, (Arc::new(mapping), home));
        Ok(())
    }
}

fn unreadable(id: &str, source: io::Error) -> MappingError {
    MappingError::Folder { folder: format!("mapping {id}"), source }
}
