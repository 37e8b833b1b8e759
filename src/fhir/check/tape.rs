//! The values of a JSON text in a row, each with its name, its text and where the next one beside it is: nothing is copied.
//!
//! `serde_json` says first whether the text is JSON; after that `source::pointer`'s cursor need only walk it.

use std::{borrow::Cow, collections::HashSet};

use serde::de::IgnoredAny;

use crate::source::pointer::{Cursor, plain_name};

/// Objects and lists within each other; a reader of ours that builds trees takes no more either.
const DEPTH: usize = 127;

/// A text that is no JSON, or no JSON that is read here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unread {
    /// Byte offset.
    pub(super) at: usize,
    /// What is wrong.
    pub(super) message: &'static str,
}

#[derive(Clone, Copy, Debug)]
struct Node<'t> {
    name: &'t str,
    text: &'t str,
    next: usize,
}

/// The values in the order in which they begin. A value's index is its address.
#[derive(Debug)]
pub(super) struct Tape<'t> {
    whole: &'t str,
    nodes: Vec<Node<'t>>,
}

impl<'t> Tape<'t> {
    pub(super) fn of(whole: &'t str) -> Result<Self, Unread> {
        serde_json::from_str::<IgnoredAny>(whole).map_err(|error| no_json(whole, &error))?;
        let mut tape = Self { whole, nodes: Vec::with_capacity(whole.len() / 16) };
        let mut cursor = Cursor::new(whole);
        tape.push("", &mut cursor, DEPTH)?;
        Ok(tape)
    }

    fn push(&mut self, name: &'t str, cursor: &mut Cursor<'t>, depth: usize) -> Result<(), Unread> {
        let (at, start) = (self.nodes.len(), cursor.at);
        self.nodes.push(Node { name, text: "", next: 0 });
        let first = cursor.peek();
        if let Some(b'{' | b'[') = first {
            let deeper = depth.checked_sub(1).ok_or(Unread { at: start, message: TOO_DEEP })?;
            cursor.enter();
            if first == Some(b'{') {
                while let Some(name) = cursor.member() {
                    self.push(name, cursor, deeper)?;
                }
            } else {
                while cursor.element().is_some() {
                    self.push("", cursor, deeper)?;
                }
            }
        } else {
            cursor.value();
        }
        self.nodes[at].text = &self.whole[start..cursor.at];
        self.nodes[at].next = self.nodes.len();
        Ok(())
    }

    /// The member's name as written; empty for an item of a list.
    pub(super) fn name(&self, node: usize) -> &'t str {
        self.nodes[node].name
    }

    /// The value as written.
    pub(super) fn text(&self, node: usize) -> &'t str {
        self.nodes[node].text
    }

    /// The first byte of the value, which says its kind.
    pub(super) fn first(&self, node: usize) -> u8 {
        self.nodes[node].text.as_bytes()[0]
    }

    /// The index after the value and all that is in it.
    pub(super) fn next(&self, node: usize) -> usize {
        self.nodes[node].next
    }

    /// The values right within an object or a list.
    pub(super) fn within(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.next(node);
        let first = Some(node + 1).filter(|first| *first < end);
        std::iter::successors(first, move |at| Some(self.next(*at)).filter(|next| *next < end))
    }

    /// A member of an object by its name.
    pub(super) fn member(&self, node: usize, name: &str) -> Option<usize> {
        self.within(node).find(|at| self.name(*at) == name)
    }

    /// The second of two members of one name in one object.
    pub(super) fn doubled(&self) -> Option<usize> {
        let objects = (0..self.nodes.len()).filter(|node| self.first(*node) == b'{');
        let second = |object: usize| {
            let mut seen = HashSet::new();
            self.within(object).find(|member| !seen.insert(unescaped(self.name(*member))))
        };
        objects.filter_map(second).min()
    }

    /// What a text says; nothing for another kind of value, or for half of a character.
    pub(super) fn string(&self, node: usize) -> Option<Cow<'t, str>> {
        let inside = self.text(node).strip_prefix('"')?.strip_suffix('"')?;
        if inside.contains('\\') {
            serde_json::from_str(self.text(node)).ok().map(Cow::Owned)
        } else {
            Some(inside.into())
        }
    }

    /// What a member that is a text says.
    pub(super) fn said(&self, node: usize, name: &str) -> Option<Cow<'t, str>> {
        self.member(node, name).and_then(|member| self.string(member))
    }

    /// The byte offset of a value.
    pub(super) fn offset(&self, node: usize) -> usize {
        self.text(node).as_ptr().addr() - self.whole.as_ptr().addr()
    }
}

const TOO_DEEP: &str =
    "More than 127 brackets are open within each other here; that is deeper than a resource is read.";

fn no_json(whole: &str, error: &serde_json::Error) -> Unread {
    let line = whole.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
    let at = whole.floor_char_boundary((line + error.column().saturating_sub(1)).min(whole.len()));
    let message = if error.is_eof() {
        "The JSON ends here before its end: a closing bracket or quote is missing."
    } else {
        "This is no JSON: something here may not stand where it stands."
    };
    Unread { at, message }
}

/// A member's name without JSON's escapes, where it has some.
pub(super) fn unescaped(name: &str) -> Cow<'_, str> {
    if name.contains('\\') { plain_name(name).into() } else { name.into() }
}
