//! Every mapping can be read and proved by agency staff: README, examples, no golden file that nobody compares.
//! Both stores have the same migrations.

use super::{files_under, found, none};

/// What a mapping example may hold beside `given.*`.
const GOLDEN: [&str; 4] = ["plan.json", "findings.txt", "unread.txt", "bundle.json"];

#[test]
fn every_mapping_has_a_readme_and_examples() {
    let files = files_under("mappings");
    assert!(files.iter().any(|file| file.strip_suffix("/mapping.toml").is_some()), "mappings holds no mapping");
    none(&mapping_faults(&files));
}

#[test]
fn both_stores_have_the_same_migrations() {
    let files = files_under("src/store");
    assert!(files.iter().any(|file| file.strip_suffix(".sql").is_some()), "src/store holds no SQL");
    none(&migration_faults(&files));
}

fn mapping_faults(files: &[String]) -> Vec<String> {
    let mut faults = Vec::new();
    let inside = |file: &String| {
        file.strip_prefix("mappings/").and_then(|rest| rest.split_once('/')).map(|(id, _)| id.to_owned())
    };
    let mut ids: Vec<String> = files.iter().filter_map(inside).collect();
    ids.dedup();
    for id in ids {
        let folder = format!("mappings/{id}/");
        let own: Vec<&str> = files.iter().filter_map(|file| file.strip_prefix(&folder)).collect();
        for wanted in ["mapping.toml", "README.md"] {
            if !own.contains(&wanted) {
                faults.push(format!("{folder}{wanted} is missing"));
            }
        }
        let mut examples: Vec<&str> = own
            .iter()
            .filter_map(|file| file.strip_prefix("examples/")?.split_once('/'))
            .map(|(name, _)| name)
            .collect();
        examples.dedup();
        if examples.is_empty() {
            faults.push(format!("{folder}examples: at least one example is wanted"));
        }
        faults.extend(examples.iter().flat_map(|name| example_faults(&format!("{folder}examples/{name}/"), files)));
        faults.extend(
            own.iter().filter(|file| !belongs(file)).map(|file| format!("{folder}{file}: nothing reads this file")),
        );
    }
    faults
}

/// Whether a file has a place in a mapping's folder; what lies in an example is looked at there.
fn belongs(file: &str) -> bool {
    let in_example = file.strip_prefix("examples/").is_some_and(|rest| rest.contains('/'));
    let is_table =
        file.strip_prefix("codes/").is_some_and(|name| name.strip_suffix(".csv").is_some() && !name.contains('/'));
    in_example || is_table || matches!(file, "mapping.toml" | "README.md")
}

fn example_faults(folder: &str, files: &[String]) -> Vec<String> {
    let names: Vec<&str> = files.iter().filter_map(|file| file.strip_prefix(folder)).collect();
    let is_given = |name: &&str| name.starts_with("given.");
    let mut faults = Vec::new();
    if names.iter().copied().filter(|name| is_given(name)).count() != 1 {
        faults.push(format!("{folder}: exactly one given.* is wanted"));
    }
    if !names.contains(&"findings.txt") {
        faults.push(format!("{folder}findings.txt is missing: an example says what judging it comes to"));
    }
    let orphans = names.iter().filter(|name| !is_given(name) && !GOLDEN.contains(name));
    faults.extend(orphans.map(|name| format!("{folder}{name}: nothing compares this file")));
    faults
}

fn migration_faults(files: &[String]) -> Vec<String> {
    let names = |store: &str| -> Vec<&str> {
        let own = files.iter().filter(|file| file.contains(store) && file.strip_suffix(".sql").is_some());
        own.filter_map(|file| file.rsplit('/').next())
            .filter(|name| name.starts_with(|c: char| c.is_ascii_digit()))
            .collect()
    };
    let (sqlite, postgres) = (names("/sqlite/"), names("/postgres/"));
    let only = |some: &[&str], others: &[&str], store: &str| -> Vec<String> {
        let lone = some.iter().filter(|name| !others.contains(name));
        lone.map(|name| format!("migration {name} is in {store} only")).collect()
    };
    [only(&sqlite, &postgres, "sqlite"), only(&postgres, &sqlite, "postgres")].concat()
}

fn paths(list: &[&str]) -> Vec<String> {
    list.iter().map(|path| (*path).to_owned()).collect()
}

#[test]
fn an_incomplete_mapping_is_found() {
    let faults = mapping_faults(&paths(&[
        "mappings/README.md",
        "mappings/a/examples/one/findings.txt",
        "mappings/a/examples/one/given.csv",
        "mappings/a/examples/two/given.csv",
        "mappings/a/examples/two/given.json",
        "mappings/a/examples/two/plan.jsn",
        "mappings/a/mapping.toml",
        "mappings/a/notes.txt",
        "mappings/b/README.md",
        "mappings/b/codes/area.csv",
        "mappings/b/mapping.toml",
    ]));
    let expected = [
        "mappings/a/README.md is missing",
        "mappings/a/examples/two/: exactly one given.*",
        "mappings/a/examples/two/findings.txt is missing",
        "mappings/a/examples/two/plan.jsn: nothing compares",
        "mappings/a/notes.txt: nothing reads",
        "mappings/b/examples: at least one",
    ];
    found(&faults, &expected);
}

#[test]
fn a_lone_migration_is_found() {
    let faults = migration_faults(&paths(&[
        "src/store/postgres/migrations/0001_first.sql",
        "src/store/postgres/migrations/0003_third.sql",
        "src/store/sqlite/migrations/0001_first.sql",
        "src/store/sqlite/migrations/0002_second.sql",
        "src/store/sqlite/claim.sql",
    ]));
    found(&faults, &["0002_second.sql is in sqlite only", "0003_third.sql is in postgres only"]);
}
