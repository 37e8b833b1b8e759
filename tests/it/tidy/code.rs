//! Rust text as the checks see it: comments and literals blanked, split into tokens, functions found by their braces.
//!
//! No real parser: it need only survive everything that may stand in strings and comments.

use std::ops::Range;

/// A Rust file.
pub(super) struct File {
    /// Path from the root, with `/`.
    pub(super) path: String,
    /// The text.
    pub(super) text: String,
    /// Tokens outside of comments and literals.
    pub(super) tokens: Vec<Token>,
}

/// A word, `::`, or one other character.
#[derive(Debug)]
pub(super) struct Token {
    /// As written.
    pub(super) text: String,
    /// Its line, counted from 1.
    pub(super) line: usize,
}

/// A function with a body.
#[derive(Debug)]
pub(super) struct Function {
    /// Its name.
    pub(super) name: String,
    /// Line of `fn`.
    pub(super) line: usize,
    /// Lines from `fn` to the closing brace.
    pub(super) lines: usize,
    /// The tokens between its braces.
    pub(super) body: Range<usize>,
}

impl File {
    pub(super) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned(), tokens: tokens(&blanked(text)) }
    }

    /// `path:line: message`.
    pub(super) fn fault(&self, line: usize, message: impl AsRef<str>) -> String {
        format!("{}:{line}: {}", self.path, message.as_ref())
    }

    /// The token at an index; empty beyond the ends.
    pub(super) fn at(&self, index: usize) -> &str {
        self.tokens.get(index).map_or("", |token| &token.text)
    }

    /// The token before an index.
    pub(super) fn before(&self, index: usize) -> &str {
        index.checked_sub(1).map_or("", |before| self.at(before))
    }

    /// Indices of a token.
    pub(super) fn all(&self, text: &str) -> impl Iterator<Item = usize> {
        (0..self.tokens.len()).filter(move |index| self.at(*index) == text)
    }

    /// Index of the brace, bracket or parenthesis that closes the one at `open`.
    pub(super) fn closing(&self, open: usize) -> usize {
        let mut depth = 0;
        for index in open..self.tokens.len() {
            match self.at(index) {
                "{" | "(" | "[" => depth += 1,
                "}" | ")" | "]" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return index;
            }
        }
        panic!("{}: the brace of line {} is never closed", self.path, self.tokens[open].line)
    }

    /// Every function with a body, nested ones too.
    pub(super) fn functions(&self) -> Vec<Function> {
        let named = self.all("fn").filter(|index| is_word(self.at(index + 1)));
        named.filter_map(|index| self.function(index)).collect()
    }

    fn function(&self, index: usize) -> Option<Function> {
        let mut at = index + 2;
        loop {
            match self.at(at) {
                "(" | "[" => at = self.closing(at),
                "{" => break,
                ";" | "" => return None,
                _ => {}
            }
            at += 1;
        }
        let end = self.closing(at);
        let line = self.tokens[index].line;
        let lines = self.tokens[end].line - line + 1;
        Some(Function { name: self.at(index + 1).to_owned(), line, lines, body: at + 1..end })
    }

    /// The first words of the path that begins after `index` (at its `::`): one, or those of a `{…}` group.
    pub(super) fn heads(&self, index: usize) -> Vec<(usize, &str)> {
        let first = index + 1;
        if self.at(first) != "{" {
            return vec![(self.tokens[first].line, self.at(first))];
        }
        let mut heads = Vec::new();
        let (mut at, end) = (first + 1, self.closing(first));
        while at < end {
            match self.at(at) {
                "{" => at = self.closing(at),
                word if is_word(word) && matches!(self.before(at), "{" | ",") => {
                    heads.push((self.tokens[at].line, word));
                }
                _ => {}
            }
            at += 1;
        }
        heads
    }
}

/// Whether a token is an identifier or a keyword.
pub(super) fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

fn tokens(code: &str) -> Vec<Token> {
    let mut found = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = if first.is_alphanumeric() || first == '_' {
                rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            found.push(Token { text: rest[..length].to_owned(), line: number + 1 });
            rest = rest[length..].trim_start();
        }
    }
    found
}

/// The text with comments, strings and characters turned into spaces; lines stay where they are.
pub(super) fn blanked(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let length = literal_length(&chars, at);
        if length == 0 {
            out.push(chars[at]);
            at += 1;
        } else {
            let end = (at + length).min(chars.len());
            out.extend(chars[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    out
}

/// What a Rust text says in words: each run of comment lines and each string, with the line it starts at.
pub(super) fn prose_of_rust(text: &str) -> Vec<(usize, String)> {
    let chars: Vec<char> = text.chars().collect();
    let (mut found, mut at, mut line): (Vec<(usize, String)>, _, _) = (Vec::new(), 0, 1);
    let mut last_comment = 0;
    while at < chars.len() {
        let length = literal_length(&chars, at).clamp(1, chars.len() - at);
        let piece: String = chars[at..at + length].iter().collect();
        if piece.starts_with("//") {
            let remark = piece.trim_start_matches(['/', '!']).trim();
            match found.last_mut() {
                Some((_, before)) if last_comment + 1 == line && !remark.is_empty() => before.extend([" ", remark]),
                _ => found.push((line, remark.to_owned())),
            }
            last_comment = if remark.is_empty() { 0 } else { line };
        } else if length > 1 && piece.starts_with(['"', 'r']) {
            last_comment = 0;
            found.push((line, spoken(&piece)));
        }
        line += piece.matches('\n').count();
        at += length;
    }
    found
}

/// A string as it is read: a line that goes on is one, and escaped quotation marks are quotation marks.
fn spoken(literal: &str) -> String {
    let inside = literal.trim_start_matches(['r', '#']).trim_end_matches('#');
    let inside = inside.strip_prefix('"').unwrap_or(inside).strip_suffix('"').unwrap_or(inside);
    let lines = inside.split("\\\n").map(str::trim_start);
    lines.collect::<String>().replace("\\\"", "\"").replace("\\n", " ")
}

/// How many characters the comment or literal at `at` takes; 0 when there is none.
fn literal_length(chars: &[char], at: usize) -> usize {
    let here = |offset: usize| chars.get(at + offset).copied().unwrap_or('\0');
    match (here(0), here(1)) {
        ('/', '/') => chars[at..].iter().take_while(|c| **c != '\n').count(),
        ('/', '*') => block_comment(&chars[at..]),
        ('"', _) => quoted(&chars[at..], '"'),
        ('\'', '\\') => quoted(&chars[at..], '\''),
        ('\'', _) if here(2) == '\'' => 3,
        ('r', '"' | '#') if !follows_word(chars, at) => raw_string(&chars[at..]),
        _ => 0,
    }
}

/// Whether the character before belongs to a longer word; the prefixes of byte and C strings do not count.
fn follows_word(chars: &[char], at: usize) -> bool {
    let is_part = |index: usize| chars.get(index).is_some_and(|c| c.is_alphanumeric() || *c == '_');
    match at {
        0 => false,
        1 => is_part(0) && !matches!(chars[0], 'b' | 'c'),
        _ => is_part(at - 1) && (!matches!(chars[at - 1], 'b' | 'c') || is_part(at - 2)),
    }
}

fn block_comment(chars: &[char]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn quoted(chars: &[char], quote: char) -> usize {
    let mut at = 1;
    while at < chars.len() && chars[at] != quote {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// `r"…"`, `r#"…"#` and so on; 0 for a raw identifier such as `r#type`.
fn raw_string(chars: &[char]) -> usize {
    let hashes = chars[1..].iter().take_while(|c| **c == '#').count();
    if chars.get(1 + hashes) != Some(&'"') {
        return 0;
    }
    let mut at = hashes + 2;
    while at < chars.len() {
        if chars[at] == '"' && chars[at + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes {
            return at + 1 + hashes;
        }
        at += 1;
    }
    at
}

#[test]
fn comments_and_literals_vanish_and_nothing_else() {
    let text = concat!(
        "let a = \"} // \\\" {\"; // } \"\n",
        "let b = r#\"\" { \"#; /* } /* { */ } */ let c = '{';\n",
        "let d = '\\''; fn e<'a>(x: &'a str) -> u8 { b'}' } let r#type = br\"{\";\n",
    );
    let words: Vec<String> = tokens(&blanked(text)).into_iter().map(|token| token.text).collect();
    let expected = "let a = ; let b = ; let c = ; let d = ; \
                    fn e < ' a > ( x : & ' a str ) - > u8 { b } let r # type = b ;";
    assert_eq!(words.join(" "), expected);
    assert_eq!(blanked(text).lines().count(), text.lines().count());
}

#[test]
fn functions_are_found_with_their_lines() {
    let text =
        "trait T { fn none(&self); }\nfn a(x: [u8; 2], f: fn(u8)) -> [u8; 2] {\n  fn b() {}\n  let s = \"}\";\n}\n";
    let file = File::new("x.rs", text);
    let functions: Vec<_> = file.functions().into_iter().map(|f| (f.name, f.line, f.lines)).collect();
    assert_eq!(functions, [("a".to_owned(), 2, 4), ("b".to_owned(), 3, 1)]);
}

#[test]
fn a_group_has_the_heads_of_its_outer_level() {
    let file = File::new("x.rs", "use crate::{\n  fhir::{Ids, Resource},\n  plan::Place, words};");
    assert_eq!(file.heads(2), [(2, "fhir"), (3, "plan"), (3, "words")]);
}
