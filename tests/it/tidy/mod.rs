//! Keeps ARCHITECTURE.md true and the code tidy: reads the tree as text and names file, line and what to do.
//!
//! One file a subject. Every check is a pure function from texts to faults, and each has a test that feeds it a bad text,
//! so that none can pass by seeing nothing.

mod code;
mod mappings;
mod order;
mod page;
mod respect;
mod settings;
mod shape;

use std::{
    fs,
    path::{Path, PathBuf},
};

use code::File;

/// The folder of Cargo.toml.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the tree; a missing one is an error that names it.
fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every Rust file of `src`, `tests` and `benches`, in the order of their names.
fn rust_files() -> Vec<File> {
    let mut found = Vec::new();
    for folder in ["benches", "src", "tests"] {
        for path in files_under(folder) {
            if Path::new(&path).extension().is_some_and(|extension| extension == "rs") {
                found.push(File::new(&path, &read(&path)));
            }
        }
    }
    assert!(found.len() > 10, "only {} Rust files were found", found.len());
    found
}

/// The Rust files of the library and the binary.
fn source_files() -> Vec<File> {
    rust_files().into_iter().filter(|file| file.path.starts_with("src/")).collect()
}

/// Paths of all files below a folder, relative to the root, sorted; none when there is no such folder.
fn files_under(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let path = path.strip_prefix(root()).expect("the walk began at the root").to_owned();
                found.push(path.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

/// Fails with all faults at once.
fn none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// The self-test of a check: it found exactly these places and texts.
fn found(faults: &[String], parts: &[&str]) {
    assert_eq!(faults.len(), parts.len(), "{faults:#?}");
    for (fault, part) in faults.iter().zip(parts) {
        assert!(fault.contains(part), "{fault:?} does not say {part:?}");
    }
}
