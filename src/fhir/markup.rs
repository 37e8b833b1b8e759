//! Where a text is no XML: tags that do not end or do not pair, and elements deeper within each other than a resource is read. What
//! the elements mean is not looked at, and no text of them is told.

use super::check::NoJson;
use crate::source::pointer::line_and_column;

/// Elements within each other; JSON takes no more either.
const DEPTH: usize = 127;

/// The first fault, where there is one.
pub fn fault(xml: &str) -> Option<NoJson> {
    let (at, message) = Reader { xml, at: 0, open: Vec::new() }.read().err()?;
    let (line, column) = line_and_column(xml, at, 1, 1);
    Some(NoJson { line, column, message })
}

type Fault = (usize, &'static str);

struct Reader<'x> {
    xml: &'x str,
    at: usize,
    open: Vec<&'x str>,
}

impl Reader<'_> {
    fn read(mut self) -> Result<(), Fault> {
        let mut is_first = true;
        while let Some(next) = self.xml[self.at..].find('<') {
            if self.open.is_empty() && self.says_something(self.at + next) {
                return Err((self.at, "The XML cannot be read: there is text outside its elements."));
            }
            self.at += next;
            is_first &= self.tag()?;
        }
        if !self.open.is_empty() {
            return Err((self.xml.len(), "The XML cannot be read: it ends before its end, an element is not closed."));
        }
        if is_first || self.says_something(self.xml.len()) {
            return Err((self.at, "The XML cannot be read: there is text outside its elements, or no element at all."));
        }
        Ok(())
    }

    fn says_something(&self, until: usize) -> bool {
        self.xml[self.at..until].contains(|letter: char| !letter.is_whitespace() && letter != '\u{feff}')
    }

    /// Whatever begins here with `<`; whether it was no element.
    fn tag(&mut self) -> Result<bool, Fault> {
        let rest = &self.xml[self.at..];
        for (begin, end) in [("<?", "?>"), ("<!--", "-->"), ("<![CDATA[", "]]>")] {
            if rest.starts_with(begin) {
                let length = rest.find(end).ok_or((self.at, NO_END))?;
                self.at += length + end.len();
                return Ok(true);
            }
        }
        if rest.starts_with("<!") {
            return Err((self.at, "The XML cannot be read: a document type is not taken here."));
        }
        let length = end_of(rest).ok_or((self.at, NO_END))?;
        let inside = &rest[1..length];
        if let Some(name) = inside.strip_prefix('/') {
            if self.open.pop() != Some(name.trim_end()) {
                return Err((
                    self.at,
                    "The XML cannot be read: this closes another element than the one that is open.",
                ));
            }
        } else if !inside.ends_with('/') {
            if self.open.len() == DEPTH {
                return Err((
                    self.at,
                    "More than 127 elements are open within each other here; that is deeper than a resource is read.",
                ));
            }
            self.open.push(inside.split(char::is_whitespace).next().unwrap_or_default());
        }
        self.at += length + 1;
        Ok(false)
    }
}

const NO_END: &str = "The XML cannot be read: what begins here does not end.";

/// Where a tag ends; a `>` within a quoted value does not end it.
fn end_of(tag: &str) -> Option<usize> {
    let mut quote = None;
    tag.find(|letter| match (quote, letter) {
        (None, '>') => true,
        (None, '"' | '\'') => {
            quote = Some(letter);
            false
        }
        (Some(open), closing) if open == closing => {
            quote = None;
            false
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn a_fault_has_its_place() {
        for (xml, place) in [
            ("<a/>", None),
            ("\u{feff}<?xml version=\"1.0\"?>\n<!-- > --><a b='>'><c><![CDATA[<x]]></c>t</a>\n", None),
            ("<a>\n <b></a>", Some((2, 5))),
            ("<a>\n <b", Some((2, 2))),
            ("<a>", Some((1, 4))),
            ("x<a/>", Some((1, 1))),
            ("", Some((1, 1))),
            ("<!DOCTYPE a><a/>", Some((1, 1))),
        ] {
            assert_eq!(fault(xml).map(|found| (found.line, found.column)), place, "{xml}");
        }
        let deep = format!("{}{}", "<a>".repeat(128), "</a>".repeat(128));
        assert_eq!(fault(&deep).map(|found| found.column), Some(382));
        assert_eq!(fault(&deep[3..deep.len() - 4]), None);
    }
}
