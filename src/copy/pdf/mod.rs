//! The copy as a PDF in large print: no letter smaller than 18 points, tagged for screen readers (PDF/UA-1, which the writer
//! checks), and the same bytes for the same copy.
//!
//! `font` shapes words with the fonts that the program carries, `line` breaks a text into lines, `page` lays lines on pages,
//! `draw` draws and tags them. A character that no font here has makes no PDF: a box in place of a person's words would
//! be a change of them. Whoever asked is told how many there are, and the text copy has every word.

mod draw;
mod font;
mod line;
mod page;

use thiserror::Error;

use super::Copy;
use font::Fonts;

/// Why there is no PDF of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoPdf {
    /// So many characters are in none of the fonts.
    #[error("{0} characters are in no font that ownwords carries; the text copy has every word")]
    Characters(usize),
    /// The writer of the PDF found that it would not keep to PDF/UA-1.
    #[error("it would not keep to PDF/UA-1; the text copy has every word")]
    NotAccessible,
}

/// The bytes of the PDF.
pub(super) fn of(copy: &Copy) -> Result<Vec<u8>, NoPdf> {
    let fonts = Fonts::carried();
    let laid = page::laid(copy, &fonts)?;
    draw::drawn(copy, &laid, &page::pages(&laid), &fonts)
}
