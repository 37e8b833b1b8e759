//! The shape of a file: how long it and its functions are, how it opens, what it is called, how it imports and prints.

use super::{code::File, code::is_word, found, none, read, rust_files, source_files};

const FILE_WALL: usize = 400;
const FUNCTION_WALL: usize = 80;
/// Names that say nothing about what is inside.
const UNWANTED: [&str; 11] =
    ["util", "utils", "common", "core", "types", "helper", "helpers", "prelude", "error", "errors", "misc"];

#[test]
fn every_file_is_in_shape() {
    none(&rust_files().iter().flat_map(shape).collect::<Vec<_>>());
}

#[test]
fn only_the_command_line_prints() {
    none(&source_files().iter().flat_map(printing).collect::<Vec<_>>());
}

#[test]
fn no_event_can_hold_free_text() {
    let events = File::new("src/events.rs", &read("src/events.rs"));
    assert!(events.all("struct").count() > 5, "src/events.rs holds no events");
    none(&free_text(&events));
}

fn shape(file: &File) -> Vec<String> {
    [length(file), opening(file), name(file), imports(file)].concat()
}

fn length(file: &File) -> Vec<String> {
    let mut faults = Vec::new();
    let lines = file.text.lines().count();
    if lines > FILE_WALL {
        faults.push(file.fault(FILE_WALL, format!("{lines} lines; {FILE_WALL} is the wall: one file is one idea")));
    }
    for function in file.functions().iter().filter(|function| function.lines > FUNCTION_WALL) {
        let (name, lines) = (&function.name, function.lines);
        faults.push(file.fault(function.line, format!("fn {name} has {lines} lines; {FUNCTION_WALL} is the wall")));
    }
    faults
}

fn opening(file: &File) -> Vec<String> {
    let says = file.text.lines().next().and_then(|line| line.strip_prefix("//!")).is_some_and(|line| line.len() > 10);
    if says { Vec::new() } else { vec![file.fault(1, "must open with `//!` lines that say what lives here")] }
}

fn name(file: &File) -> Vec<String> {
    // The one table of statuses, issue codes and public texts is wanted under this name.
    if file.path == "src/http/error.rs" {
        return Vec::new();
    }
    let parts = file.path.trim_end_matches(".rs").split('/').map(|part| (1, part));
    let inline = file.all("mod").map(|index| (file.tokens[index].line, file.at(index + 1)));
    let declared = inline.filter(|(_, name)| !(file.path == "src/http/mod.rs" && *name == "error"));
    let unwanted = parts.chain(declared).filter(|(_, name)| UNWANTED.contains(name));
    unwanted.map(|(line, name)| file.fault(line, format!("`{name}` says nothing; name the idea"))).collect()
}

fn imports(file: &File) -> Vec<String> {
    let mut faults = Vec::new();
    let functions = file.functions();
    for index in file.all("use").filter(|index| is_word(file.at(index + 1)) || file.at(index + 1) == "::") {
        let line = file.tokens[index].line;
        if functions.iter().any(|function| function.body.contains(&index)) {
            faults.push(file.fault(line, "import at the top of the file, not in a function"));
        }
        let end = (index..file.tokens.len()).find(|at| file.at(*at) == ";").unwrap_or(index);
        if (index..end).any(|at| file.at(at) == "*") {
            faults.push(file.fault(line, "name what is imported; no globs"));
        }
    }
    faults
}

fn printing(file: &File) -> Vec<String> {
    if file.path == "src/main.rs" || file.path.starts_with("src/cli/") {
        return Vec::new();
    }
    let macros = ["print", "println", "eprint", "eprintln", "dbg"];
    let calls = macros.iter().flat_map(|name| file.all(name)).filter(|index| file.at(index + 1) == "!");
    calls.map(|index| file.fault(file.tokens[index].line, "only cli/ prints; say it in events.rs")).collect()
}

fn free_text(events: &File) -> Vec<String> {
    let mut faults = Vec::new();
    for index in events.all("struct") {
        let Some(open) = (index..events.tokens.len()).find(|at| matches!(events.at(*at), "{" | "(" | ";")) else {
            continue;
        };
        if events.at(open) == ";" {
            continue;
        }
        for at in open..events.closing(open) {
            let is_fixed_text = events.at(at) == "str" && events.before(at) == "static";
            let is_text = matches!(events.at(at), "String" | "str" | "Words" | "Cow" | "PathBuf" | "Value" | "dyn");
            if is_text && !is_fixed_text {
                let kind = events.at(at);
                faults.push(
                    events.fault(events.tokens[at].line, format!("an event may not hold {kind}: text could slip in")),
                );
            }
        }
    }
    faults
}

#[test]
fn a_long_file_and_a_long_function_are_found() {
    let body = "    let brace = \"}\"; // }\n".repeat(79);
    let text = format!("fn short() {{\n{}}}\nfn long() {{\n{body}}}\n", &body[..body.len() / 79 * 78]);
    found(&length(&File::new("src/x.rs", &text)), &[":81: fn long has 81 lines"]);
    found(&length(&File::new("src/x.rs", &"\n".repeat(401))), &[":400: 401 lines"]);
    found(&length(&File::new("src/x.rs", &"\n".repeat(400))), &[]);
}

#[test]
fn a_file_that_does_not_say_what_it_is_is_found() {
    found(&opening(&File::new("src/x.rs", "use a::b;\n//! Too late, and not first.\n")), &["must open with"]);
    found(&opening(&File::new("tests/it/x.rs", "//! it\n")), &["must open with"]);
    found(&opening(&File::new("src/x.rs", "//! Addresses of a spot.\n")), &[]);
}

#[test]
fn an_unwanted_name_is_found() {
    found(&name(&File::new("src/util.rs", "")), &["`util`"]);
    found(&name(&File::new("src/plan/types/mod.rs", "")), &["`types`"]);
    found(&name(&File::new("src/store/error.rs", "")), &["`error`"]);
    found(&name(&File::new("src/plan/mod.rs", "\nmod helpers {}")), &[":2: `helpers`"]);
    found(&name(&File::new("src/http/error.rs", "")), &[]);
    found(&name(&File::new("src/http/mod.rs", "mod error;")), &[]);
}

#[test]
fn an_import_in_a_function_and_a_glob_are_found() {
    found(&imports(&File::new("src/x.rs", "fn a() {\n  use std::fmt;\n}")), &[":2: import at the top"]);
    found(&imports(&File::new("src/x.rs", "use std::{fmt::*, io};")), &["no globs"]);
    found(&imports(&File::new("src/x.rs", "mod tests {\n use super::*;\n}")), &[":2: name what"]);
    found(&imports(&File::new("src/x.rs", "use std::fmt;\nfn a<'a>() -> impl Sized + use<'a> { 2 * 2 }")), &[]);
}

#[test]
fn a_print_outside_the_command_line_is_found() {
    found(&printing(&File::new("src/sync/push.rs", "\nprintln!(\"x\");\nself.print();")), &[":2: only cli/ prints"]);
    found(&printing(&File::new("src/cli/check.rs", "println!(\"x\");")), &[]);
}

#[test]
fn an_event_with_text_is_found() {
    let text = "struct A {\n  port: u16,\n  why: &'static str,\n  said: String,\n}\nstruct B<'a>(&'a str);\nstruct C;\nfn d(x: String) {}";
    found(
        &free_text(&File::new("src/events.rs", text)),
        &[":4: an event may not hold String", ":6: an event may not hold str"],
    );
}
