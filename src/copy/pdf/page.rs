//! How each kind of block looks in large print, and which line stands where on which page. A heading stays with what it is
//! about, and no line of a paragraph stands alone where it need not.

use super::{
    NoPdf,
    font::{Fonts, Weight},
    line::{Line, broken},
};
use crate::copy::{Block, Copy, Kind};

/// US Letter, in points.
pub(super) const WIDTH: f32 = 612.0;
/// Its height.
pub(super) const HEIGHT: f32 = 792.0;
/// From the paper's edge to the text.
pub(super) const MARGIN: f32 = 60.0;
/// The size of running text: large print begins here.
pub(super) const BODY: f32 = 18.0;
/// Where the page's number stands.
pub(super) const FOOT: f32 = HEIGHT - 40.0;
/// The lowest that a line may reach.
const BOTTOM: f32 = HEIGHT - 78.0;
/// Paragraphs of so many lines stay whole, others leave at least so many behind.
const TOGETHER: usize = 3;

/// How a block looks; lengths in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Look {
    pub size: f32,
    /// From one line to the next.
    pub leading: f32,
    pub weight: Weight,
    /// From the margin.
    pub indent: f32,
    /// Room above.
    pub above: f32,
    /// Whether it stays with what comes next.
    pub leads: bool,
}

/// A block, broken into lines.
pub(super) struct Laid<'c> {
    pub block: &'c Block,
    pub look: Look,
    pub lines: Vec<Line>,
}

/// A line on its page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spot {
    /// The place of its block.
    pub block: usize,
    /// Its place among the block's lines.
    pub line: usize,
    /// How far its top is from the page's.
    pub top: f32,
}

impl Look {
    #[rustfmt::skip]
    fn of(kind: Kind) -> Self {
        let body = Self { size: BODY, leading: 26.0, weight: Weight::Regular, indent: 0.0, above: 8.0, leads: false };
        match kind {
            Kind::Title => Self { size: 34.0, leading: 42.0, weight: Weight::Bold, above: 0.0, leads: true, ..body },
            Kind::Heading => Self { size: 25.0, leading: 32.0, weight: Weight::Bold, above: 30.0, leads: true, ..body },
            Kind::Lead => Self { weight: Weight::Bold, above: 14.0, leads: true, ..body },
            Kind::Told => Self { size: 20.0, leading: 29.0, indent: 18.0, above: 9.0, ..body },
            Kind::Item => Self { indent: 22.0, ..body },
            Kind::Line | Kind::Marker => body,
        }
    }
}

/// The blocks that are printed, each broken into lines. The line for programs stands in the document's keywords.
pub(super) fn laid<'c>(copy: &'c Copy, fonts: &Fonts) -> Result<Vec<Laid<'c>>, NoPdf> {
    let (mut all, mut missing) = (Vec::new(), 0);
    for block in copy.blocks.iter().filter(|block| block.kind != Kind::Marker) {
        let look = Look::of(block.kind);
        let room = (WIDTH - 2.0 * MARGIN - look.indent) / look.size;
        match broken(block.text.reveal(), look.weight, room, fonts) {
            Ok(lines) => all.push(Laid { block, look, lines }),
            Err(more) => missing += more,
        }
    }
    if missing > 0 { Err(NoPdf::Characters(missing)) } else { Ok(all) }
}

/// The lines of each page.
pub(super) fn pages(all: &[Laid]) -> Vec<Vec<Spot>> {
    let (mut pages, mut page, mut top): (Vec<Vec<Spot>>, Vec<Spot>, f32) = (Vec::new(), Vec::new(), MARGIN);
    for (block, one) in all.iter().enumerate() {
        let above = if page.is_empty() { 0.0 } else { one.look.above };
        if !page.is_empty() && top + above + together(&all[block..]) > BOTTOM {
            pages.push(std::mem::take(&mut page));
            top = MARGIN;
        } else {
            top += above;
        }
        let count = one.lines.len();
        for line in 0..count {
            // The last two lines go together.
            let needed = if count > TOGETHER && line + 2 == count { 2.0 } else { 1.0 } * one.look.leading;
            if !page.is_empty() && top + needed > BOTTOM {
                pages.push(std::mem::take(&mut page));
                top = MARGIN;
            }
            page.push(Spot { block, line, top });
            top += one.look.leading;
        }
    }
    pages.push(page);
    pages
}

/// How much room the first of these blocks needs at least to begin here.
fn together(rest: &[Laid]) -> f32 {
    let mut needed = 0.0;
    for (place, one) in rest.iter().enumerate() {
        let above = if place == 0 { 0.0 } else { one.look.above };
        let lines = one.lines.iter().take(if one.look.leads || one.lines.len() <= TOGETHER { usize::MAX } else { 2 });
        needed += above + lines.map(|_| one.look.leading).sum::<f32>();
        if !one.look.leads {
            break;
        }
    }
    needed
}

#[cfg(test)]
mod tests {
    use super::{BODY, BOTTOM, Fonts, Kind, Laid, Look, laid, pages};
    use crate::copy::{Block, Copy, Language};

    fn copy(blocks: &[(Kind, String)]) -> Copy {
        let block = |(kind, text): &(Kind, String)| Block { kind: *kind, text: text.as_str().into(), language: None };
        Copy { language: Language::English, blocks: blocks.iter().map(block).collect() }
    }

    #[test]
    fn nothing_is_smaller_than_large_print() {
        for kind in [Kind::Title, Kind::Heading, Kind::Lead, Kind::Told, Kind::Line, Kind::Item] {
            let look = Look::of(kind);
            assert!(look.size >= BODY && BODY >= 18.0 && look.leading >= 1.2 * look.size, "{kind:?}");
        }
    }

    #[test]
    fn every_line_has_a_place_and_a_heading_is_never_the_last_of_a_page() {
        for words in 0..60 {
            let mut blocks = vec![(Kind::Told, "word ".repeat(words * 7))];
            for _ in 0..12 {
                blocks.extend([(Kind::Heading, "Heading".to_owned()), (Kind::Lead, "Lead:".to_owned())]);
                blocks.extend([(Kind::Told, "some words ".repeat(words)), (Kind::Item, "one\ntwo".to_owned())]);
            }
            let copy = copy(&blocks);
            let all: Vec<Laid> = laid(&copy, &Fonts::carried()).expect("every character");
            let pages = pages(&all);
            let placed: Vec<(usize, usize)> = pages.iter().flatten().map(|spot| (spot.block, spot.line)).collect();
            let there: Vec<(usize, usize)> = all
                .iter()
                .enumerate()
                .flat_map(|(block, one)| (0..one.lines.len()).map(move |line| (block, line)))
                .collect();
            assert_eq!(placed, there);
            for page in &pages {
                let last = page.last().expect("no page is empty");
                assert!(!all[last.block].look.leads, "{words}");
                assert!(last.top + all[last.block].look.leading <= BOTTOM, "{words}");
                assert!(page.is_sorted_by(|one, next| one.top < next.top));
            }
        }
    }
}
