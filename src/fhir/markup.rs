//! XML as far as its tags go: what of it is out of order and where, its narratives, and the place of an element.
//!
//! What the tags mean is for `wire`. Nothing is resolved: no entity of a document's own, no other file.

use std::{borrow::Cow, iter};

/// What stands in for the narrative while the rest is turned: white space at its tags would be trimmed.
pub(super) const NARRATIVE: &str = r#"<div xmlns="http://www.w3.org/1999/xhtml">narrative</div>"#;

/// Elements within each other; JSON takes no more either.
const DEPTH: usize = 127;
const FHIR: &str = "http://hl7.org/fhir";
const XHTML: &str = "http://www.w3.org/1999/xhtml";

/// What is wrong, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) message: &'static str,
}

/// The parts of a document that can be read, and what was taken out of it.
pub(super) struct Plain<'x> {
    /// Without declaration, schema hints and prefixes, each narrative replaced by `NARRATIVE`.
    pub(super) text: String,
    /// The narratives, in their order.
    pub(super) narratives: Vec<Cow<'x, str>>,
    /// Where each element begins in the document, in their order; of a narrative the first.
    begins: Vec<usize>,
}

impl Plain<'_> {
    /// Where in the document the last element begins of so many bytes of the text, and how many begin before it.
    pub(super) fn last_within(&self, bytes: usize) -> (usize, usize) {
        let read = self.text.get(..bytes).unwrap_or(&self.text);
        let begins = tags(read).map_while(Result::ok).filter(|tag| matches!(tag.kind, Kind::Opens | Kind::Empty));
        let before = begins.count().saturating_sub(1);
        (self.begins.get(before).copied().unwrap_or_default(), before)
    }
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

/// The namespaces that prefixes stand for where a tag is; the one without a prefix has the name "".
#[derive(Default)]
struct Scope<'x> {
    /// How deep, the prefix, the namespace; what is declared further within comes later.
    declared: Vec<(usize, &'x str, &'x str)>,
}

impl<'x> Scope<'x> {
    fn enter(&mut self, depth: usize, tag: &'x str) {
        for Attribute { name, value, .. } in attributes(tag) {
            let prefix = if name == "xmlns" { Some("") } else { name.strip_prefix("xmlns:") };
            self.declared.extend(prefix.map(|prefix| (depth, prefix, value)));
        }
    }

    fn leave(&mut self, depth: usize) {
        self.declared.retain(|(at, ..)| *at < depth);
    }

    /// The namespace of an element's name, and the name without its prefix.
    fn resolve(&self, name: &'x str) -> (Option<&'x str>, &'x str) {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let namespace = self.declared.iter().rev().find(|(_, known, _)| *known == prefix).map(|(.., space)| *space);
        (namespace, local)
    }
}

/// A narrative that has begun.
struct Open<'x> {
    at: usize,
    depth: usize,
    name: &'x str,
    /// Its own tag says the namespace, so that it can stand as it is.
    is_plain: bool,
}

/// Looks through a document, and takes out what its reader would lose or refuse without need.
pub(super) fn plain(xml: &str) -> Result<Plain<'_>, Fault> {
    let mut plain = Plain { text: String::with_capacity(xml.len()), narratives: Vec::new(), begins: Vec::new() };
    let (mut open, mut copied, mut narrative): (Vec<&str>, usize, Option<Open<'_>>) = (Vec::new(), 0, None);
    let (mut scope, mut is_fhir) = (Scope::default(), false);
    for tag in tags(xml) {
        let tag = tag?;
        let said = &xml[tag.at..tag.end];
        match tag.kind {
            Kind::Aside if narrative.is_none() => {
                plain.text.push_str(&xml[copied..tag.at]);
                copied = tag.end;
            }
            Kind::Opens | Kind::Empty if narrative.is_none() => {
                plain.begins.push(tag.at);
                if open.is_empty() && copied_before(&plain.text) {
                    let message = "A second resource begins here; a file of XML holds one.";
                    return Err(Fault { at: tag.at, message });
                }
                scope.enter(open.len() + 1, said);
                let (namespace, local) = scope.resolve(tag.name);
                let is_first = open.is_empty();
                is_fhir |= is_first && namespace == Some(FHIR);
                if tag.kind == Kind::Opens && local == "div" && namespace == Some(XHTML) {
                    let is_plain = local == tag.name && attributes(said).any(|one| one.name == "xmlns");
                    narrative = Some(Open { at: tag.at, depth: open.len(), name: tag.name, is_plain });
                } else if is_fhir && namespace != Some(FHIR) {
                    let message = "This element is not in the namespace of FHIR.";
                    return Err(Fault { at: tag.at, message });
                } else if is_fhir && (is_first || tag.name != local || said.contains("xmlns")) {
                    plain.text.push_str(&xml[copied..tag.at]);
                    plain.text.push_str(&without_prefix(said, tag.name, local, is_first.then_some(FHIR)));
                    copied = tag.end;
                } else if is_first {
                    plain.text.push_str(&xml[copied..tag.end]);
                    copied = tag.end;
                }
                if tag.kind == Kind::Opens {
                    open.push(tag.name);
                } else {
                    scope.leave(open.len() + 1);
                }
            }
            Kind::Opens => open.push(tag.name),
            Kind::Aside | Kind::Empty => {}
            Kind::Closes => {
                if open.pop() != Some(tag.name) {
                    let message = "This tag closes an element that is not open here. Please export the file again.";
                    return Err(Fault { at: tag.at, message });
                }
                if let Some(div) = narrative.take_if(|div| div.depth == open.len()) {
                    plain.text.push_str(&xml[copied..div.at]);
                    plain.text.push_str(NARRATIVE);
                    plain.narratives.push(div.of(&xml[div.at..tag.end]));
                    copied = tag.end;
                } else if narrative.is_none()
                    && let (Some(FHIR), local) = scope.resolve(tag.name)
                    && local != tag.name
                {
                    plain.text.extend([&xml[copied..tag.at], "</", local, ">"]);
                    copied = tag.end;
                }
                if narrative.is_none() {
                    scope.leave(open.len() + 1);
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

impl Open<'_> {
    /// The narrative as it stands, or with its namespace on its own tag and no prefix, as FHIR has it in JSON.
    fn of<'x>(&self, said: &'x str) -> Cow<'x, str> {
        if self.is_plain {
            return said.into();
        }
        let prefix = self.name.split_once(':').map(|(prefix, _)| format!("{prefix}:")).unwrap_or_default();
        let (mut out, mut copied) = (String::with_capacity(said.len()), 0);
        for tag in tags(said).map_while(Result::ok).filter(|tag| tag.kind != Kind::Aside) {
            let local = tag.name.strip_prefix(&*prefix).unwrap_or(tag.name);
            out.push_str(&said[copied..tag.at]);
            out.push_str(&match tag.kind {
                Kind::Closes => Cow::from(format!("</{local}>")),
                _ if tag.at == 0 => Cow::from(without_prefix(&said[..tag.end], tag.name, local, Some(XHTML))),
                _ => Cow::from(said[tag.at..tag.end].replacen(tag.name, local, 1)),
            });
            copied = tag.end;
        }
        (out + &said[copied..]).into()
    }
}

/// An attribute of a tag, and where all of it stands in the tag.
struct Attribute<'x> {
    at: usize,
    end: usize,
    name: &'x str,
    value: &'x str,
}

/// The attributes of a tag.
fn attributes(tag: &str) -> impl Iterator<Item = Attribute<'_>> {
    let mut done = 0;
    iter::from_fn(move || {
        let equals = done + tag[done..].find('=')?;
        let name = tag[done..equals].trim_end().rsplit(|c: char| c.is_ascii_whitespace()).next().unwrap_or_default();
        let at = done + tag[done..equals].trim_end().len() - name.len();
        let opens = equals + tag[equals..].find(['"', '\''])?;
        let quote = tag[opens..].chars().next()?;
        let value = &tag[opens + 1..][..tag[opens + 1..].find(quote)?];
        done = opens + value.len() + 2;
        Some(Attribute { at, end: done, name, value })
    })
}

/// A tag under the name without its prefix, without what speaks of other namespaces such as `xsi:schemaLocation`, and in this
/// namespace.
fn without_prefix(tag: &str, name: &str, local: &str, namespace: Option<&str>) -> String {
    let mut out = format!("<{local}");
    out.extend(namespace.map(|namespace| format!(r#" xmlns="{namespace}""#)));
    let mut copied = 1 + name.len();
    for one in attributes(tag) {
        let before = &tag[copied..one.at];
        let is_kept = one.name != "xmlns" && (!one.name.contains(':') || one.name == "xml:lang");
        out.push_str(if is_kept { &tag[copied..one.end] } else { before.trim_end() });
        copied = one.end;
    }
    out + &tag[copied..]
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
