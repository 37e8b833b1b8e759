//! XML as far as its tags go: what of it is out of order and where, its narratives, and the place of an element.
//!
//! What the tags mean is for `wire`. Nothing is resolved: no entity of a document's own, no other file.

use std::iter;

/// What stands in for the narrative while the rest is turned: white space at its tags would be trimmed.
pub(super) const NARRATIVE: &str = r#"<div xmlns="http://www.w3.org/1999/xhtml">narrative</div>"#;

/// Elements within each other; JSON takes no more either.
const DEPTH: usize = 127;
const XHTML: [&str; 2] = [r#"xmlns="http://www.w3.org/1999/xhtml""#, "xmlns='http://www.w3.org/1999/xhtml'"];

/// What is wrong, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) message: &'static str,
}

/// The parts of a document that can be read, and what was taken out of it.
pub(super) struct Plain<'x> {
    /// Without declaration and schema hints, each narrative replaced by `NARRATIVE`.
    pub(super) text: String,
    /// The narratives, in their order.
    pub(super) narratives: Vec<&'x str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Opens,
    Closes,
    Empty,
    /// A comment, a declaration, an instruction.
    Aside,
}

/// Something between `<` and `>`.
#[derive(Clone, Copy, Debug)]
struct Tag<'x> {
    at: usize,
    end: usize,
    kind: Kind,
    name: &'x str,
}

/// Whether a file begins as XML does.
pub(super) fn begins(head: &[u8]) -> bool {
    head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start().starts_with(b"<")
}

/// Looks through a document, and takes out what its reader would lose or refuse without need.
pub(super) fn plain(xml: &str) -> Result<Plain<'_>, Fault> {
    let mut plain = Plain { text: String::with_capacity(xml.len()), narratives: Vec::new() };
    let (mut open, mut copied, mut narrative): (Vec<&str>, usize, Option<(usize, usize)>) = (Vec::new(), 0, None);
    for tag in tags(xml) {
        let tag = tag?;
        let is_first = open.is_empty() && tag.kind != Kind::Aside;
        match tag.kind {
            Kind::Aside if narrative.is_none() => {
                plain.text.push_str(&xml[copied..tag.at]);
                copied = tag.end;
            }
            Kind::Aside => {}
            Kind::Opens | Kind::Empty if is_first && copied_before(&plain.text) => {
                return Err(Fault { at: tag.at, message: "A second resource begins here; a file of XML holds one." });
            }
            Kind::Opens | Kind::Empty => {
                let is_narrative = narrative.is_none() && tag.name == "div" && is_xhtml(&xml[tag.at..tag.end]);
                if is_first {
                    plain.text.push_str(&xml[copied..tag.at]);
                    plain.text.push_str(&without_hints(&xml[tag.at..tag.end]));
                    copied = tag.end;
                }
                if tag.kind == Kind::Opens {
                    narrative = narrative.or(is_narrative.then_some((tag.at, open.len())));
                    open.push(tag.name);
                }
            }
            Kind::Closes => {
                if open.pop() != Some(tag.name) {
                    let message = "This tag closes an element that is not open here. Please export the file again.";
                    return Err(Fault { at: tag.at, message });
                }
                if let Some((start, _)) = narrative.filter(|(_, depth)| *depth == open.len()) {
                    plain.text.push_str(&xml[copied..start]);
                    plain.text.push_str(NARRATIVE);
                    plain.narratives.push(&xml[start..tag.end]);
                    (copied, narrative) = (tag.end, None);
                }
            }
        }
        if open.len() > DEPTH {
            return Err(Fault {
                at: tag.at,
                message: "More than 127 elements lie within each other here; that is deeper than a resource is read.",
            });
        }
    }
    if !open.is_empty() {
        let message = "The file ends within an element: a closing tag is missing. Please export it again.";
        return Err(Fault { at: xml.len(), message });
    }
    plain.text.push_str(&xml[copied..]);
    Ok(plain)
}

fn copied_before(text: &str) -> bool {
    text.contains('<')
}

fn is_xhtml(tag: &str) -> bool {
    XHTML.iter().any(|namespace| tag.contains(namespace))
}

/// The first tag without what speaks of other namespaces, such as `xsi:schemaLocation`.
fn without_hints(tag: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(tag.len()), tag);
    while let Some(equals) = rest.find('=') {
        let quote = rest[equals + 1..].trim_start().chars().next().unwrap_or('"');
        let opens = rest[equals..].find(quote).map_or(rest.len(), |at| equals + at);
        let end = rest.get(opens + 1..).and_then(|value| value.find(quote)).map_or(rest.len(), |at| opens + at + 2);
        let name = rest[..equals].trim_end().rsplit(|c: char| c.is_ascii_whitespace()).next().unwrap_or_default();
        let is_hint = name.contains(':');
        out.push_str(if is_hint { rest[..equals].trim_end().trim_end_matches(name) } else { &rest[..end] });
        rest = &rest[end..];
    }
    out + rest
}

/// Every tag in its order, or the first fault.
fn tags(xml: &str) -> impl Iterator<Item = Result<Tag<'_>, Fault>> {
    let mut at = 0;
    iter::from_fn(move || {
        let start = at + memchr::memchr(b'<', xml.as_bytes().get(at..)?)?;
        let tag = tag(xml, start);
        at = tag.map_or(xml.len(), |tag| tag.end);
        Some(tag)
    })
}

fn tag(xml: &str, at: usize) -> Result<Tag<'_>, Fault> {
    const UNENDED: &str = "What begins with < here has no end. Please export the file again.";
    let rest = &xml[at..];
    let until = |end: &str| match rest.find(end) {
        Some(found) => Ok(Tag { at, end: at + found + end.len(), kind: Kind::Aside, name: "" }),
        None => Err(Fault { at, message: UNENDED }),
    };
    if rest.starts_with("<!--") {
        return until("-->");
    }
    if rest.starts_with("<?") {
        return until("?>");
    }
    if rest.starts_with("<!") {
        let message = "FHIR in XML has neither DOCTYPE nor CDATA. Please export the resource without them.";
        return Err(Fault { at, message });
    }
    let mut quote = None;
    let end = rest.bytes().enumerate().skip(1).find_map(|(place, byte)| {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            (None, b'>') => return Some(Ok(place)),
            (_, b'<') => return Some(Err(place)),
            _ => {}
        }
        None
    });
    let end = match end {
        Some(Ok(end)) => end,
        Some(Err(place)) => return Err(Fault { at: at + place, message: "A < stands inside a tag here." }),
        None => return Err(Fault { at, message: UNENDED }),
    };
    let inside = &rest[1..end];
    let kind = match (inside.starts_with('/'), inside.ends_with('/')) {
        (true, _) => Kind::Closes,
        (_, true) => Kind::Empty,
        _ => Kind::Opens,
    };
    let name = inside.trim_start_matches('/').split(|c: char| c.is_ascii_whitespace() || c == '/').next();
    let name = name.filter(|name| !name.is_empty()).ok_or(Fault { at, message: "A tag has no name here." })?;
    Ok(Tag { at, end: at + end + 1, kind, name })
}

/// Where the element stands that the JSON of the same resource has at a pointer; where it has none, the one around it.
pub(super) fn find(xml: &str, pointer: &str) -> usize {
    let wanted = steps(pointer);
    let (mut found, mut met, mut seen, mut outside) = (0, 0, 0, 0_usize);
    for tag in tags(xml).map_while(Result::ok).filter(|tag| tag.kind != Kind::Aside) {
        match tag.kind {
            Kind::Closes if outside == 0 => break,
            Kind::Closes => outside -= 1,
            Kind::Opens if outside > 0 => outside += 1,
            Kind::Opens | Kind::Empty if outside == 0 => {
                let name = tag.name.rsplit(':').next().unwrap_or_default();
                let is_resource = name.starts_with(|c: char| c.is_ascii_uppercase());
                let is_next = wanted.get(met).is_some_and(|(next, index)| {
                    let is_named = *next == name;
                    seen += usize::from(is_named);
                    is_named && seen == index + 1
                });
                if is_resource || is_next {
                    (found, seen) = (tag.at, 0);
                    met += usize::from(!is_resource);
                    if met == wanted.len() {
                        break;
                    }
                } else {
                    outside += usize::from(tag.kind == Kind::Opens);
                }
            }
            _ => {}
        }
    }
    found
}

/// The text of the element that stands at a place.
pub(super) fn element(xml: &str, at: usize) -> &str {
    let mut depth = 0_usize;
    for tag in tags(&xml[at..]).map_while(Result::ok) {
        match tag.kind {
            Kind::Opens => depth += 1,
            Kind::Closes => depth = depth.saturating_sub(1),
            Kind::Empty | Kind::Aside => {}
        }
        if depth == 0 && tag.kind != Kind::Aside {
            return &xml[at..at + tag.end];
        }
    }
    &xml[at..]
}

/// Names and numbers of a pointer, or of an expression such as `Goal.target[1].dueDate`. What stands beside a primitive is
/// within its element.
fn steps(path: &str) -> Vec<(&str, usize)> {
    let mut steps: Vec<(&str, usize)> = Vec::new();
    for step in path.split(['/', '.', '[', ']']).filter(|step| !step.is_empty()) {
        match (step.parse(), steps.last_mut()) {
            (Ok(number), Some((_, index))) => *index = number,
            _ if step.starts_with(|c: char| c.is_ascii_uppercase()) => {}
            _ => steps.push((step.trim_start_matches('_'), 0)),
        }
    }
    steps
}
