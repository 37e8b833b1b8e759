//! What we ask of staff texts we ask of our own: the language list is run over pages, messages, help and Markdown of ours.
//!
//! A word may be named, in quotation marks or as code; it may not be used. Examples on pages are not our prose, nor is what
//! the word lists look for.

use ownwords::rules::wording::lexicon::lexicon;
use regex::Regex;

use super::{code::prose_of_rust, files_under, none, read};

/// A piece of our prose and the line it starts at.
type Prose = (usize, String);

#[test]
fn our_own_texts_pass_our_own_language_list() {
    let texts = our_texts();
    for (kind, least) in
        [("README.md", 5), ("CHANGELOG.md", 1), (".md", 60), (".rs", 100), (".json", 1), (".toml", 3), (".fsh", 8)]
    {
        let found = texts.iter().filter(|(path, _)| path.ends_with(kind)).count();
        assert!(found >= least, "{found} files that end with {kind}");
    }
    none(&texts.iter().flat_map(|(path, prose)| faults(path, prose)).collect::<Vec<_>>());
}

#[test]
fn a_word_of_the_list_is_found_where_it_is_used_and_not_where_it_is_named() {
    let told = |text: &str| faults("x.md", &markdown(text)).len();
    assert_eq!(told("A plan is sent back\nwhen someone suffers from\n\nthe mentally ill read this."), 2);
    assert_eq!(told("Staff write \"noncompliant\", `is in denial` and “junkie”."), 0);
    assert_eq!(told("```json\n{ \"text\": \"patient is manipulative\" }\n```\nThe patient's page; FHIR's Patient."), 1);
    let rust = "//! Patients of ours.\nconst A: &str = \"it \\\"refuses\\\" nothing\"; const B: &str = \"a frequent \\\n    flyer\";";
    assert_eq!(faults("x.rs", &prose_of_rust(rust)).len(), 2);
}

fn our_texts() -> Vec<(String, Vec<Prose>)> {
    let mut paths: Vec<String> = ["README.md", "CHANGELOG.md", "ARCHITECTURE.md"].map(str::to_owned).to_vec();
    for folder in ["mappings", "profiles", "src", "tests/interop"] {
        // What is compiled holds HL7's texts too; ours are looked at where they are written, in profiles/fsh.
        let own = |path: &String| !path.contains("/examples/") && !path.starts_with("profiles/compiled/");
        paths.extend(files_under(folder).into_iter().filter(own));
    }
    let prose = |path: String| {
        let kind = path.rsplit_once('.')?.1;
        if kind == "ttf" {
            return None;
        }
        let text = read(&path);
        let prose = match kind {
            "md" => markdown(&text),
            "rs" => prose_of_rust(&text),
            "json" if path.starts_with("profiles/") => descriptions(&text),
            "fsh" if !path.ends_with("/examples.fsh") => shorthand(&text),
            "toml" => remarks(&text),
            _ => return None,
        };
        Some((path, prose))
    };
    paths.into_iter().filter_map(prose).collect()
}

/// Titles, descriptions and short texts of FHIR Shorthand.
fn shorthand(text: &str) -> Vec<Prose> {
    let says =
        |line: &&str| ["Title:", "Description:"].iter().any(|name| line.starts_with(name)) || line.contains("^short");
    let lines = text.lines().enumerate().filter(|(_, line)| says(line));
    lines.filter_map(|(at, line)| Some((at + 1, line.split_once('"')?.1.trim_end_matches('"').to_owned()))).collect()
}

fn faults(path: &str, prose: &[Prose]) -> Vec<String> {
    let person = Regex::new(r"\b(?:patients?|Patients)\b").expect("a pattern");
    let named = Regex::new("\"[^\"]{0,200}\"|“[^”]{0,200}”|`[^`]*`").expect("a pattern");
    let mut faults = Vec::new();
    for (line, text) in prose {
        let used = named.replace_all(text, " ");
        for place in lexicon().found_in(&used, false) {
            let entry = &lexicon().entries[place];
            // Files, settings and servers may refuse; pages and messages of rules speak of people.
            if entry.id == "refuses" && !path.starts_with("src/rules/") {
                continue;
            }
            faults.push(format!("{path}:{line}: uses \"{}\"; {}", entry.label, entry.alternatives.join(", or ")));
        }
        if used.contains(' ') && person.is_match(&used) {
            faults.push(format!("{path}:{line}: a person is a person here, not a \"patient\""));
        }
    }
    faults
}

/// Paragraphs, items and rows outside fenced blocks.
fn markdown(text: &str) -> Vec<Prose> {
    let (mut found, mut fenced): (Vec<Prose>, bool) = (Vec::new(), false);
    let mut open = false;
    for (number, line) in text.lines().enumerate() {
        let trimmed = line.trim();
        if trimmed.starts_with("```") {
            (fenced, open) = (!fenced, false);
        } else if fenced || trimmed.is_empty() {
            open = false;
        } else if open && !trimmed.starts_with(['-', '#', '|']) {
            if let Some((_, paragraph)) = found.last_mut() {
                *paragraph += " ";
                *paragraph += trimmed;
            }
        } else {
            found.push((number + 1, trimmed.to_owned()));
            open = !trimmed.starts_with(['#', '|']);
        }
    }
    found
}

/// What a JSON Schema says in words.
fn descriptions(text: &str) -> Vec<Prose> {
    let told = text.lines().enumerate().filter_map(|(number, line)| {
        let (key, value) = line.trim().split_once(": ")?;
        ["\"description\"", "\"title\"", "\"$comment\""].contains(&key).then(|| (number + 1, value))
    });
    told.map(|(line, value)| (line, value.trim_matches(['"', ',']).to_owned())).collect()
}

/// What a TOML file says in remarks.
fn remarks(text: &str) -> Vec<Prose> {
    let told = text.lines().enumerate().filter(|(_, line)| line.starts_with('#'));
    told.map(|(number, line)| (number + 1, line.trim_start_matches('#').trim().to_owned())).collect()
}
