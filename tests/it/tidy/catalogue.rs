//! Rules and their pages: every rule has one, every page a rule, ids and names are used once.
//!
//! Reads the files; what the pages show is executed by the tests of the rules.

use regex::Regex;

use super::{files_under, found, none, read};

/// The headings of a page, in this order.
const HEADINGS: [&str; 5] = ["Why it matters to the person", "Rejected", "Accepted", "What to do", "Basis"];

#[test]
fn every_rule_has_its_page_and_every_page_its_rule() {
    let files: Vec<(String, String)> =
        files_under("src/rules").into_iter().map(|path| (path.clone(), read(&path))).collect();
    none(&rule_faults(&files));
}

/// A rule id with the file that says it.
type Said<'a> = (String, &'a str);

fn rule_faults(files: &[(String, String)]) -> Vec<String> {
    let of = |ending: &'static str| files.iter().filter(move |(path, _)| path.ends_with(ending));
    let mut faults: Vec<String> = of(".md").flat_map(|(path, text)| page_faults(path, text)).collect();
    let pages: Vec<Said> = of(".md").filter_map(|(path, text)| Some((title(text)?, path.as_str()))).collect();
    let defined = of(".rs").flat_map(|(path, text)| ids(text).into_iter().map(move |id| (id, path.as_str())));
    let rules: Vec<Said> = defined.collect();
    faults.extend(twice(&pages));
    faults.extend(twice(&rules));
    let has = |list: &[Said], id: &str| list.iter().any(|(other, _)| other == id);
    faults
        .extend(rules.iter().filter(|(id, _)| !has(&pages, id)).map(|(id, path)| format!("{path}: {id} has no page")));
    faults.extend(pages.iter().filter(|(id, _)| !has(&rules, id)).map(|(id, path)| format!("{path}: {id} is no rule")));
    faults
}

fn twice(said: &[Said]) -> Vec<String> {
    let again = said.iter().enumerate().filter(|(at, (id, _))| said[..*at].iter().any(|(other, _)| other == id));
    again.map(|(_, (id, path))| format!("{path}: {id} is used twice")).collect()
}

/// The id in `# GOAL-010 goal-not-in-own-words`.
fn title(page: &str) -> Option<String> {
    let pattern = Regex::new(r"\A# ([A-Z]+-[0-9]{3}) [a-z][a-z0-9-]+\n").expect("the pattern is right");
    Some(pattern.captures(page)?[1].to_owned())
}

/// The ids of the rules that a file defines.
fn ids(text: &str) -> Vec<String> {
    let pattern = Regex::new(r#"(?m)^\s*id: "([A-Z]+-[0-9]{3})","#).expect("the pattern is right");
    pattern.captures_iter(text).map(|found| found[1].to_owned()).collect()
}

fn page_faults(path: &str, page: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if title(page).is_none() {
        faults.push(format!("{path}:1: must be `# ID name`"));
    }
    let first = page.lines().skip(1).find(|line| !line.trim().is_empty()).unwrap_or_default();
    if first.is_empty() || first.starts_with('#') {
        faults.push(format!("{path}: must say in its first sentence what it looks for"));
    }
    let headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    if headings != HEADINGS {
        faults.push(format!("{path}: its headings must be {}", HEADINGS.join(" · ")));
    }
    faults
}

#[test]
fn rules_and_pages_that_do_not_match_are_found() {
    let page = |title: &str| {
        let parts: String = HEADINGS.iter().map(|heading| format!("## {heading}\nText.\n")).collect();
        format!("# {title}\nLooks for it.\n{parts}")
    };
    let rule = |id: &str| format!("pub const RULE: Rule = Rule {{\n    id: \"{id}\", name: \"x\",\n}};");
    let file = |path: &str, text: String| (path.to_owned(), text);
    let files = [
        file("src/rules/a.rs", rule("GOAL-001")),
        file("src/rules/a.md", page("GOAL-001 no-goal")),
        file("src/rules/b.rs", rule("GOAL-002")),
        file("src/rules/c.md", page("GOAL-003 other")),
        file("src/rules/d.rs", rule("GOAL-001")),
        file("src/rules/e.md", "# Goals\n\n## Rejected\n".to_owned()),
    ];
    let expected = [
        "e.md:1: must be `# ID name`",
        "e.md: must say in its first",
        "e.md: its headings must be Why",
        "d.rs: GOAL-001 is used twice",
        "b.rs: GOAL-002 has no page",
        "c.md: GOAL-003 is no rule",
    ];
    found(&rule_faults(&files), &expected);
}
