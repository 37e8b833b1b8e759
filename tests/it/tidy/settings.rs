//! The settings say the same in src/config.rs, config.toml and README's table: every key, its default, its meaning.

use std::path::Path;

use ownwords::config::Config;

use super::{code::File, code::is_word, found, none, read, root};

#[test]
fn config_toml_says_the_defaults() {
    let said = load(&root().join("config.toml"));
    assert_eq!(format!("{said:#?}"), format!("{:#?}", Config::default()));
}

#[test]
fn config_toml_has_every_key_in_the_order_of_config_rs() {
    let config = File::new("src/config.rs", &read("src/config.rs"));
    let (rows, faults) = rows(&read("config.toml"));
    none(&faults);
    assert!(rows.len() > 10, "config.toml holds only {} keys", rows.len());
    let said: Vec<_> = rows.iter().map(|row| row.key.clone()).collect();
    assert_eq!(said, keys(&config), "config.toml (left) and src/config.rs (right) differ");
}

#[test]
fn the_examples_of_groups_can_be_used_as_they_stand() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("config.toml");
    std::fs::write(&file, with_examples(&read("config.toml"))).expect("the temporary file can be written");
    let config = load(&file);
    assert_eq!((config.caller.len(), config.gate.agency.len()), (1, 1));
}

#[test]
fn the_table_of_readme_equals_config_toml() {
    let (rows, _) = rows(&read("config.toml"));
    none(&table_faults(&read("README.md"), &rows));
}

fn load(file: &Path) -> Config {
    Config::load(Some(file), std::iter::empty()).unwrap_or_else(|error| panic!("{error}"))
}

/// A setting as config.toml says it.
struct Row {
    key: String,
    default: String,
    meaning: String,
}

impl Row {
    fn in_readme(&self) -> String {
        format!("| `{}` | {} | {} |", self.key, self.default, self.meaning)
    }
}

/// The file with its examples of groups in force: from a line `# [[group]]` to the next empty one, one `# ` less.
fn with_examples(text: &str) -> String {
    let mut is_example = false;
    let lines = text.lines().map(|line| {
        is_example = line.starts_with("# [[") || (is_example && !line.is_empty());
        if is_example { line.strip_prefix("# ").unwrap_or(line) } else { line }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The settings, and what is wrong with how they are said. Those of a group's example have no default.
fn rows(text: &str) -> (Vec<Row>, Vec<String>) {
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    let (mut section, mut comments): (String, Vec<&str>) = (String::new(), Vec::new());
    let mut is_group = false;
    let text = with_examples(text);
    for (number, line) in text.lines().enumerate() {
        if let Some(comment) = line.strip_prefix("# ") {
            comments.push(comment);
            continue;
        }
        if line.starts_with('[') {
            line.trim_matches(['[', ']']).clone_into(&mut section);
            is_group = line.starts_with("[[");
        } else if let Some((key, default)) = line.split_once(" = ") {
            let key = format!("{section}.{key}");
            if comments.len() != 1 || comments[0].contains('|') {
                faults.push(format!("config.toml:{}: {key} needs one comment line above it, without |", number + 1));
            }
            let default = if is_group { "–".to_owned() } else { format!("`{default}`") };
            rows.push(Row { key, default, meaning: comments.concat() });
        }
        comments.clear();
    }
    (rows, faults)
}

/// `section.key` of every field of the settings' structs, in their order; `section.group.key` of a group in a section.
fn keys(config: &File) -> Vec<String> {
    fields(config, "Config").iter().flat_map(|(section, kind)| keys_of(config, section, kind)).collect()
}

fn keys_of(config: &File, section: &str, kind: &str) -> Vec<String> {
    let is_struct = |kind: &str| config.all("struct").any(|index| config.at(index + 1) == kind);
    let keys = fields(config, kind).into_iter().flat_map(|(key, kind)| {
        let key = format!("{section}.{key}");
        if is_struct(&kind) { keys_of(config, &key, &kind) } else { vec![key] }
    });
    keys.collect()
}

/// Name and type of each public field; of a list, the type of its items.
fn fields(config: &File, name: &str) -> Vec<(String, String)> {
    let found = config.all("struct").find(|index| config.at(index + 1) == name);
    let open = found.unwrap_or_else(|| panic!("src/config.rs has no struct {name}")) + 2;
    let fields = (open..config.closing(open)).filter(|at| config.at(*at) == "pub" && config.at(at + 2) == ":");
    let kind = |at| if config.at(at) == "Vec" { config.at(at + 2) } else { config.at(at) };
    let fields = fields.filter(|at| is_word(config.at(at + 1)));
    fields.map(|at| (config.at(at + 1).to_owned(), kind(at + 3).to_owned())).collect()
}

fn table_faults(readme: &str, rows: &[Row]) -> Vec<String> {
    let said: Vec<&str> = readme.lines().filter(|line| line.starts_with("| `") && line.contains('.')).collect();
    let mut faults = Vec::new();
    for row in rows {
        let line = row.in_readme();
        if !said.contains(&line.as_str()) {
            faults.push(format!("README.md: its table of settings lacks this row of config.toml:\n{line}"));
        }
    }
    let sections: Vec<String> =
        rows.iter().map(|row| format!("| `{}.", row.key.split('.').next().unwrap_or(""))).collect();
    let settings = said.iter().filter(|line| sections.iter().any(|section| line.starts_with(section.as_str())));
    for line in settings {
        if !rows.iter().any(|row| row.in_readme() == **line) {
            faults.push(format!("README.md: config.toml does not say this:\n{line}"));
        }
    }
    faults
}

#[test]
fn a_key_without_its_comment_is_found() {
    let text = "# Top.\n\n[log]\n# One.\na = 1\nb = 2\n# Two\n# lines.\nc = 3\n# Or | so.\nd = 4\n# [[caller]]\n# # Name.\n# name = \"x\"\n";
    let (rows, faults) = rows(text);
    found(&faults, &[":6: log.b", ":9: log.c", ":11: log.d"]);
    let said: Vec<_> = rows.iter().map(Row::in_readme).collect();
    assert_eq!(said[0], "| `log.a` | `1` | One. |");
    assert_eq!(said[4], "| `caller.name` | – | Name. |");
}

#[test]
fn the_fields_of_the_settings_are_found() {
    let text = "pub struct Config {\n /// x\n pub log: Log,\n pub caller: Vec<Caller> }\n\
                pub struct Log { #[x] pub level: String, hidden: u8, pub shown: bool }\n\
                pub struct Caller { pub name: String, pub desk: Vec<Desk>, pub may: Vec<May> }\npub struct Desk { pub id: u8 }";
    assert_eq!(
        keys(&File::new("src/config.rs", text)),
        ["log.level", "log.shown", "caller.name", "caller.desk.id", "caller.may"]
    );
}

#[test]
fn a_table_that_drifts_is_found() {
    let row = |key: &str| Row { key: key.to_owned(), default: "`1`".to_owned(), meaning: "One.".to_owned() };
    let readme = "| `log.a` | `1` | One. |\n| `log.old` | `1` | One. |\n| `other` | a.b |\n";
    let faults = table_faults(readme, &[row("log.a"), row("log.b")]);
    found(&faults, &["lacks this row of config.toml:\n| `log.b` |", "does not say this:\n| `log.old`"]);
}
