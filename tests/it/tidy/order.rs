//! Who may name whom: module order, homes of outside crates, and where a person's words may leave their type.

use super::{code::File, code::is_word, found, none, page, read, rust_files, source_files};

#[test]
fn no_module_names_one_above_it() {
    let order = page::names("order");
    none(&source_files().iter().flat_map(|file| upward(file, &order)).collect::<Vec<_>>());
}

#[test]
fn the_library_lists_its_modules_in_reading_order() {
    none(&reading_order(&File::new("src/lib.rs", &read("src/lib.rs")), &page::names("order")));
}

#[test]
fn outside_crates_stay_at_home() {
    let homes = page::list("homes");
    let manifest: toml::Table = toml::from_str(&read("Cargo.toml")).expect("Cargo.toml is TOML");
    let dependencies = manifest["dependencies"].as_table().expect("[dependencies] is a table");
    for home in &homes {
        assert!(dependencies.contains_key(&home[0]), "ARCHITECTURE.md, homes: {} is not in Cargo.toml", home[0]);
        assert!(home.len() > 1, "ARCHITECTURE.md, homes: {} has no home", home[0]);
    }
    none(&source_files().iter().flat_map(|file| away_from_home(file, &homes)).collect::<Vec<_>>());
}

#[test]
fn words_are_revealed_only_on_their_own_way() {
    let allowed = page::names("reveal");
    none(&source_files().iter().flat_map(|file| revealing(file, &allowed)).collect::<Vec<_>>());
}

#[test]
fn an_integration_test_mirrors_a_module_or_is_listed() {
    let (order, listed) = (page::names("order"), page::names("tests"));
    none(&rust_files().iter().filter_map(|file| unmirrored(&file.path, &order, &listed)).collect::<Vec<_>>());
}

#[test]
fn every_integration_test_is_in_the_binary() {
    let binary = File::new("tests/it/main.rs", &read("tests/it/main.rs"));
    none(&rust_files().iter().filter_map(|file| left_out(&file.path, &binary)).collect::<Vec<_>>());
}

/// The top module of a file of `src`; none for the library's own file.
fn module(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("src/")?;
    let top = inside.split_once('/').map_or(inside, |(folder, _)| folder);
    Some(top.strip_suffix(".rs").unwrap_or(top)).filter(|top| *top != "lib")
}

fn upward(file: &File, order: &[String]) -> Vec<String> {
    let Some(module) = module(&file.path) else { return Vec::new() };
    let rank = |name: &str| order.iter().position(|entry| entry == name);
    let Some(own) = rank(module) else {
        return vec![file.fault(1, format!("module {module} is not in the order list of ARCHITECTURE.md"))];
    };
    let mut faults = Vec::new();
    for (line, name) in named_modules(file) {
        match rank(name) {
            None => faults.push(file.fault(line, format!("{name} is not in the order list of ARCHITECTURE.md"))),
            Some(other) if other < own => {
                faults.push(file.fault(line, format!("{module} names {name}, which stands above it")));
            }
            Some(_) => {}
        }
    }
    faults
}

/// Every top module that a file names, by `crate::…`, `ownwords::…` or enough `super::`.
fn named_modules(file: &File) -> Vec<(usize, &str)> {
    let mut named = Vec::new();
    for index in 0..file.tokens.len() {
        if file.before(index) == "::" || file.at(index + 1) != "::" {
            continue;
        }
        match file.at(index) {
            "crate" | "ownwords" => named.extend(file.heads(index + 1)),
            "super" => {
                let mut last = index;
                while file.at(last + 2) == "super" && file.at(last + 3) == "::" {
                    last += 2;
                }
                if (last - index) / 2 + 1 == depth(file, index) {
                    named.extend(file.heads(last + 1));
                }
            }
            _ => {}
        }
    }
    named
}

/// How many modules deep a token stands.
fn depth(file: &File, index: usize) -> usize {
    let folders = file.path.matches('/').count() - 1;
    let own = usize::from(!file.path.ends_with("/mod.rs"));
    let opened = file.all("mod").filter(|at| is_word(file.at(at + 1)) && file.at(at + 2) == "{");
    folders + own + opened.filter(|at| at + 2 < index && index < file.closing(at + 2)).count()
}

fn reading_order(library: &File, order: &[String]) -> Vec<String> {
    let rank = |name: &str| order.iter().position(|entry| entry == name);
    let mut faults = Vec::new();
    let mut last: Option<&str> = None;
    for index in library.all("mod") {
        let name = library.at(index + 1);
        if let Some(above) = last.filter(|above| rank(name) >= rank(above)) {
            faults.push(library.fault(library.tokens[index].line, format!("{name} must be listed before {above}")));
        }
        last = Some(name);
    }
    faults
}

fn away_from_home(file: &File, homes: &[Vec<String>]) -> Vec<String> {
    let mut faults = Vec::new();
    for home in homes {
        let (name, places) = (home[0].replace('-', "_"), &home[1..]);
        if lies_in(file, places) {
            continue;
        }
        for index in file.all(&name) {
            let is_path = file.at(index + 1) == "::" && file.before(index) != "::";
            let is_import = matches!(file.before(index), "use" | "crate") && file.at(index + 1) != "::";
            if is_path || is_import {
                let line = file.tokens[index].line;
                faults.push(file.fault(line, format!("{} is at home in {} only", home[0], places.join(", "))));
            }
        }
    }
    faults
}

fn revealing(file: &File, allowed: &[String]) -> Vec<String> {
    if lies_in(file, allowed) {
        return Vec::new();
    }
    let calls = file.all("reveal").filter(|index| matches!(file.before(*index), "." | "::"));
    calls
        .map(|index| file.fault(file.tokens[index].line, "a person's words may not be revealed in this module"))
        .collect()
}

/// Whether a file of `src` is one of the places, or in one that ends with `/`.
fn lies_in(file: &File, places: &[String]) -> bool {
    let inside = file.path.trim_start_matches("src/");
    places.iter().any(|place| inside == place || (place.ends_with('/') && inside.starts_with(place.as_str())))
}

/// The top module of a file of the integration tests.
fn test_module(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("tests/it/")?;
    let top = inside.split_once('/').map_or(inside, |(folder, _)| folder);
    Some(top.strip_suffix(".rs").unwrap_or(top))
}

fn left_out(path: &str, binary: &File) -> Option<String> {
    let top = test_module(path).filter(|top| *top != "main")?;
    let is_in = binary.all("mod").any(|index| binary.at(index + 1) == top);
    (!is_in).then(|| format!("{path}: tests/it/main.rs does not say `mod {top};`, so nothing here runs"))
}

fn unmirrored(path: &str, order: &[String], listed: &[String]) -> Option<String> {
    let top = test_module(path)?;
    let known = order.iter().chain(listed).any(|name| name == top);
    (!known).then(|| format!("{path}: mirrors no module and is not in the tests list of ARCHITECTURE.md"))
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn a_module_that_names_one_above_it_is_found() {
    let order = names(&["main", "http", "store", "plan", "words"]);
    let check = |path: &str, text: &str| upward(&File::new(path, text), &order);
    found(
        &check("src/plan/goal.rs", "use crate::words::Words;\nuse crate::{\n  words,\n  store::Store};"),
        &[":4: plan"],
    );
    found(&check("src/words.rs", "use super::plan::Plan;"), &["words names plan"]);
    found(&check("src/plan/goal.rs", "use super::super::{http, words};"), &["plan names http"]);
    found(
        &check("src/plan/mod.rs", "mod tests {\n  use super::super::store::Store;\n  use super::store;\n}"),
        &[":2:"],
    );
    found(&check("src/store/mod.rs", "fn a() { crate::http::say(); }\n/* crate::main */"), &["store names http"]);
    found(&check("src/main.rs", "use ownwords::console;"), &["console is not in"]);
    found(&check("src/extra.rs", ""), &["module extra is not in"]);
    found(&check("src/plan/goal.rs", "use super::{store, http}; // inside plan"), &[]);
}

#[test]
fn a_library_out_of_order_is_found() {
    let library = File::new("src/lib.rs", "pub mod words;\npub mod store;\npub mod plan;\n");
    found(&reading_order(&library, &names(&["store", "plan", "words"])), &[":3: plan must be listed before store"]);
}

#[test]
fn a_crate_away_from_home_is_found() {
    let homes = [names(&["tower-http", "http/"]), names(&["csv", "source/", "mapping/codes.rs"])];
    let check = |path: &str, text: &str| away_from_home(&File::new(path, text), &homes);
    found(&check("src/cli/serve.rs", "use tower_http::trace;\nlet csv = self.csv;"), &[":1: tower-http"]);
    found(
        &check("src/mapping/mod.rs", "fn a(r: csv::Reader) {}"),
        &["csv is at home in source/, mapping/codes.rs only"],
    );
    found(&check("src/mapping/mod.rs", "use csv;"), &["csv"]);
    found(&check("src/mapping/mod.rs", "use crate::source::csv::Row;"), &[]);
    found(&check("src/mapping/codes.rs", "use csv::Reader;"), &[]);
    found(&check("src/http/mod.rs", "use tower_http::trace;"), &[]);
}

#[test]
fn a_reveal_off_the_way_is_found() {
    let check = |path: &str, text: &str| revealing(&File::new(path, text), &names(&["rules/", "words.rs"]));
    found(&check("src/http/submit.rs", "\nsay(words.reveal());\nx.map(Words::reveal)"), &[":2:", ":3:"]);
    found(&check("src/rules/mod.rs", "words.reveal()"), &[]);
    found(&check("src/words.rs", "a.reveal()"), &[]);
    found(&check("src/store/mod.rs", "// .reveal() is not for here"), &[]);
}

#[test]
fn a_test_file_without_a_module_is_found() {
    let check = |path: &str| unmirrored(path, &names(&["plan"]), &names(&["tidy"])).into_iter().collect::<Vec<_>>();
    found(&check("tests/it/misc.rs"), &["mirrors no module"]);
    found(&check("tests/it/plan.rs"), &[]);
    found(&check("tests/it/tidy/code.rs"), &[]);
}

#[test]
fn a_test_file_that_nobody_runs_is_found() {
    let binary = File::new("tests/it/main.rs", "mod plan;\n// mod http;\n");
    let check = |path: &str| left_out(path, &binary).into_iter().collect::<Vec<_>>();
    found(&check("tests/it/http.rs"), &["does not say `mod http;`"]);
    found(&check("tests/it/plan/dates.rs"), &[]);
    found(&check("tests/it/main.rs"), &[]);
}
