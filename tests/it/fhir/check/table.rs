//! The committed table of types is what `profiles/make_table` makes of HL7's package.

use std::{env, fs, path::PathBuf, process::Command};

use super::root;

/// The package: `OWNWORDS_R4_PACKAGE`, else where the HL7 validator of interop keeps it.
fn package() -> Option<PathBuf> {
    if let Some(named) = env::var_os("OWNWORDS_R4_PACKAGE") {
        return Some(named.into());
    }
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))?;
    let homes = fs::read_dir(cache.join("ownwords-interop/validator")).ok()?;
    let inside = homes.flatten().map(|home| home.path().join(".fhir/packages/hl7.fhir.r4.core#4.0.1/package"));
    let mut found: Vec<PathBuf> = inside.filter(|path| path.join("StructureDefinition-Goal.json").is_file()).collect();
    found.sort();
    found.pop()
}

#[test]
fn the_table_is_what_the_package_says() {
    let Some(package) = package() else {
        println!("skipped: no package hl7.fhir.r4.core 4.0.1 (set OWNWORDS_R4_PACKAGE)");
        return;
    };
    let made = Command::new("python3").arg(root().join("profiles/make_table")).arg(package).output();
    let made = made.expect("python3 can be started");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let kept = fs::read(root().join("profiles/r4.table")).expect("the table can be read");
    assert!(made.stdout == kept, "profiles/r4.table differs: profiles/make_table PACKAGE > profiles/r4.table");
}
