//! A narrative: XHTML of one div, HTML's elements for writing only, and something written in it.
//!
//! It is walked tag by tag; what a browser would make of it is not of interest here.

/// Elements for writing, as HL7's rule for narratives has them.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "area",
    "b",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "kbd",
    "li",
    "map",
    "ol",
    "p",
    "pre",
    "q",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "ul",
    "var",
];

/// Attributes that these may have.
const ATTRIBUTES: &[&str] = &[
    "abbr",
    "accesskey",
    "align",
    "alt",
    "axis",
    "border",
    "cellpadding",
    "cellspacing",
    "char",
    "charoff",
    "charset",
    "cite",
    "class",
    "clear",
    "color",
    "colspan",
    "coords",
    "datetime",
    "dir",
    "face",
    "frame",
    "headers",
    "height",
    "href",
    "hreflang",
    "hspace",
    "id",
    "lang",
    "longdesc",
    "name",
    "nowrap",
    "rel",
    "rev",
    "rowspan",
    "rules",
    "scope",
    "shape",
    "size",
    "span",
    "src",
    "start",
    "style",
    "summary",
    "tabindex",
    "target",
    "title",
    "type",
    "usemap",
    "valign",
    "value",
    "vspace",
    "width",
    "xml:lang",
    "xmlns",
];

const NAMESPACE: &str = "http://www.w3.org/1999/xhtml";

/// The key and sentence of what is wrong; each is told once.
pub(super) fn faults(div: &str) -> Vec<(&'static str, &'static str)> {
    let mut reader = Reader { rest: div.trim(), open: Vec::new(), says_something: false, is_plain: true };
    let mut faults = Vec::new();
    if reader.read().is_none() || !reader.open.is_empty() {
        return vec![("txt-1", "The narrative is no well-formed XHTML of one div in XHTML's namespace.")];
    }
    if !reader.is_plain {
        faults.push(("txt-1", "The narrative uses more than HTML's elements and attributes for writing."));
    }
    if !reader.says_something {
        faults.push(("txt-2", "The narrative says nothing; it needs some text or an image."));
    }
    faults
}

struct Reader<'x> {
    rest: &'x str,
    open: Vec<&'x str>,
    says_something: bool,
    is_plain: bool,
}

impl<'x> Reader<'x> {
    /// Reads to the end; nothing when that cannot be done.
    fn read(&mut self) -> Option<()> {
        let tag = self.tag()?;
        let is_div = tag.split([' ', '\t', '\n', '\r', '/']).next() == Some("div");
        self.begin(tag, true).filter(|()| is_div)?;
        while !self.open.is_empty() {
            let until = self.rest.find('<')?;
            self.text(&self.rest[..until])?;
            self.rest = &self.rest[until..];
            if let Some(rest) = self.rest.strip_prefix("<!--") {
                self.rest = &rest[rest.find("-->")? + 3..];
            } else if let Some(rest) = self.rest.strip_prefix("</") {
                let (name, rest) = rest.split_once('>')?;
                (self.open.pop()? == name.trim_end()).then_some(())?;
                self.rest = rest;
            } else {
                let tag = self.tag()?;
                self.begin(tag, false)?;
            }
        }
        self.rest.is_empty().then_some(())
    }

    /// The inside of a tag that begins here; a `>` within a quoted value does not end it.
    fn tag(&mut self) -> Option<&'x str> {
        let inside = self.rest.strip_prefix('<')?;
        let mut quote = None;
        let end = inside.find(|letter| match (quote, letter) {
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
        })?;
        self.rest = &inside[end + 1..];
        Some(&inside[..end])
    }

    fn begin(&mut self, tag: &'x str, is_first: bool) -> Option<()> {
        let (tag, is_whole) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let name_end = tag.find(char::is_whitespace).unwrap_or(tag.len());
        let (name, mut rest) = tag.split_at(name_end);
        (!name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b":_-.".contains(&b))).then_some(())?;
        self.is_plain &= ELEMENTS.binary_search(&name).is_ok();
        self.says_something |= name == "img";
        let mut is_in_namespace = false;
        loop {
            rest = rest.trim_start();
            if rest.is_empty() {
                break;
            }
            let (attribute, after) = rest.split_once('=')?;
            let (attribute, after) = (attribute.trim_end(), after.trim_start());
            let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
            let (value, after) = after[1..].split_once(quote)?;
            (!value.contains('<')).then_some(())?;
            self.is_plain &= ATTRIBUTES.binary_search(&attribute).is_ok();
            is_in_namespace |= attribute == "xmlns" && value == NAMESPACE;
            rest = after;
        }
        if !is_whole {
            self.open.push(name);
        }
        (!is_first || is_in_namespace).then_some(())
    }

    /// Text between tags; an ampersand there begins a reference to a character.
    fn text(&mut self, text: &str) -> Option<()> {
        self.says_something |= text.contains(|letter: char| !letter.is_whitespace());
        for part in text.split('&').skip(1) {
            let (name, _) = part.split_once(';')?;
            let name = name.strip_prefix('#').unwrap_or(name);
            (!name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(())?;
        }
        Some(())
    }
}
