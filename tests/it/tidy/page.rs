//! Reads ARCHITECTURE.md: the fenced lists that the checks are held against.

use super::read;

/// The lines of the fenced block ```` ```name ````, each cut into its words.
pub(super) fn list(name: &str) -> Vec<Vec<String>> {
    let lines = fenced(&read("ARCHITECTURE.md"), name);
    assert!(!lines.is_empty(), "ARCHITECTURE.md has no list ```{name}");
    lines
}

fn fenced(page: &str, name: &str) -> Vec<Vec<String>> {
    let opening = format!("```{name}");
    let lines = page.lines().skip_while(|line| line.trim() != opening).skip(1);
    let lines = lines.take_while(|line| !line.starts_with("```"));
    lines.map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
}

/// The first word of each line.
pub(super) fn names(name: &str) -> Vec<String> {
    list(name).into_iter().filter_map(|mut line| (!line.is_empty()).then(|| line.remove(0))).collect()
}

#[test]
fn only_the_named_list_is_read() {
    let page = "```order\na\n```\ntext\n```homes\nb x/ y.rs\n\nc z/\n```\nd\n";
    assert_eq!(fenced(page, "homes"), [vec!["b", "x/", "y.rs"], vec![], vec!["c", "z/"]]);
    assert!(fenced(page, "none").is_empty());
}
