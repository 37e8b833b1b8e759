//! The copy as plain text: UTF-8, lines end with a line feed, nothing of the record is wrapped, indented or changed.

use super::{Copy, Kind};
use crate::words::Words;

pub(super) fn of(copy: &Copy) -> Words {
    let mut out = String::with_capacity(2048);
    let mut before = None;
    for block in &copy.blocks {
        let text = block.text.reveal();
        if needs_room(before, block.kind) {
            out.push('\n');
        }
        if block.kind == Kind::Item {
            out.push_str("- ");
        }
        out.push_str(text);
        out.push('\n');
        if let Some(rule) = rule(block.kind) {
            out.extend(std::iter::repeat_n(rule, text.chars().count()));
            out.push('\n');
        }
        before = Some(block.kind);
    }
    out.into()
}

/// Whether a blank line parts two pieces: what was told stands alone.
fn needs_room(before: Option<Kind>, kind: Kind) -> bool {
    match before {
        None => false,
        Some(Kind::Marker | Kind::Title | Kind::Heading | Kind::Told) => true,
        Some(_) => matches!(kind, Kind::Heading | Kind::Lead | Kind::Told),
    }
}

fn rule(kind: Kind) -> Option<char> {
    match kind {
        Kind::Title => Some('='),
        Kind::Heading => Some('-'),
        _ => None,
    }
}
