//! The files of a mapping beside `mapping.toml`: what it can be copied from, and the examples that show what comes of it.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use include_dir::{Dir, DirEntry};

/// Where a mapping's files are.
#[derive(Clone, Debug)]
pub(super) enum Home {
    /// In the program.
    BuiltIn(&'static Dir<'static>),
    /// In a folder.
    Folder(PathBuf),
}

/// One example of a mapping: a given file, and the golden files beside it.
#[derive(Clone, Debug)]
pub struct Example {
    /// The folder's name.
    pub name: String,
    /// The given file's name.
    pub given: String,
    /// The given file's bytes.
    pub bytes: Vec<u8>,
    /// The golden files by name.
    pub golden: BTreeMap<String, String>,
    /// The folder, unless the example is built in.
    pub folder: Option<PathBuf>,
}

impl Home {
    /// Every file, by its path within the mapping, sorted.
    pub(super) fn files(&self) -> io::Result<Vec<(PathBuf, Vec<u8>)>> {
        let mut files = Vec::new();
        match self {
            Self::BuiltIn(dir) => built_in(dir, dir.path(), &mut files),
            Self::Folder(folder) => on_disk(folder, folder, &mut files)?,
        }
        files.sort();
        Ok(files)
    }

    /// The examples, by name.
    pub(super) fn examples(&self) -> io::Result<Vec<Example>> {
        let mut examples: BTreeMap<String, Example> = BTreeMap::new();
        for (path, bytes) in self.files()? {
            let mut steps = path.iter().map(|step| step.to_string_lossy().into_owned());
            let (Some("examples"), Some(name), Some(file), None) =
                (steps.next().as_deref(), steps.next(), steps.next(), steps.next())
            else {
                continue;
            };
            let example = examples.entry(name.clone()).or_insert_with(|| self.example(name));
            if file.starts_with("given.") {
                (example.given, example.bytes) = (file, bytes);
            } else {
                example.golden.insert(file, String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        Ok(examples.into_values().filter(|example| !example.given.is_empty()).collect())
    }

    fn example(&self, name: String) -> Example {
        let folder = match self {
            Self::BuiltIn(_) => None,
            Self::Folder(folder) => Some(folder.join("examples").join(&name)),
        };
        Example { name, given: String::new(), bytes: Vec::new(), golden: BTreeMap::new(), folder }
    }
}

fn built_in(dir: &Dir<'_>, within: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in dir.entries() {
        match entry {
            DirEntry::Dir(inner) => built_in(inner, within, files),
            DirEntry::File(file) => {
                let path = file.path().strip_prefix(within).unwrap_or(file.path());
                files.push((path.to_owned(), file.contents().to_vec()));
            }
        }
    }
}

fn on_disk(folder: &Path, within: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            on_disk(&path, within, files)?;
        } else {
            files.push((path.strip_prefix(within).unwrap_or(&path).to_owned(), fs::read(&path)?));
        }
    }
    Ok(())
}
