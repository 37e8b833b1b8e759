//! The fonts that the program carries, and shaping: a word becomes glyphs of the first font that has all of it, else of the
//! first for each character. `fonts/README.md` tells where they come from and what is in them.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, Face, UnicodeBuffer};
use unicode_normalization::char::is_combining_mark;

const BOLD: &[u8] = include_bytes!("fonts/AtkinsonHyperlegibleNext-Bold.ttf");
const REGULAR: [&[u8]; 6] = [
    include_bytes!("fonts/AtkinsonHyperlegibleNext-Regular.ttf"),
    include_bytes!("fonts/NotoSans-Regular.ttf"),
    include_bytes!("fonts/NotoSansHebrew-Regular.ttf"),
    include_bytes!("fonts/NotoSansArabic-Regular.ttf"),
    include_bytes!("fonts/NotoSansMath-Regular.ttf"),
    include_bytes!("fonts/NotoSansSymbols2-Regular.ttf"),
];

/// How heavy letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// The fonts, the bold one first, then in the order they are tried.
pub(super) struct Fonts(Vec<Typeface>);

struct Typeface {
    face: Face<'static>,
    font: Font,
}

/// Shaped text in one font and one direction.
pub(super) struct Piece {
    pub font: Font,
    pub text: String,
    /// From left to right.
    pub glyphs: Vec<KrillaGlyph>,
    /// In parts of the font's size.
    pub width: f32,
}

impl Fonts {
    /// Those in this program.
    pub(super) fn carried() -> Self {
        let read = |bytes: &'static [u8]| {
            Some(Typeface { face: Face::from_slice(bytes, 0)?, font: Font::new(bytes.into(), 0)? })
        };
        Self([BOLD].into_iter().chain(REGULAR).filter_map(read).collect())
    }

    /// The pieces of a word in logical order; else how many of its characters no font has.
    pub(super) fn shape(&self, word: &str, weight: Weight, is_leftward: bool) -> Result<Vec<Piece>, usize> {
        let whole = self.first(weight, |typeface| typeface.shape(word, is_leftward));
        whole.map_or_else(|| self.by_character(word, weight, is_leftward), |(_, piece)| Ok(vec![piece]))
    }

    fn by_character(&self, word: &str, weight: Weight, is_leftward: bool) -> Result<Vec<Piece>, usize> {
        let mut runs: Vec<(usize, String)> = Vec::new();
        let mut missing = 0;
        for one in characters(word) {
            match (self.first(weight, |typeface| typeface.shape(one, is_leftward)), runs.last_mut()) {
                (None, _) => missing += 1,
                (Some((place, _)), Some((last, run))) if *last == place => run.push_str(one),
                (Some((place, _)), _) => runs.push((place, one.to_owned())),
            }
        }
        let pieces = runs.iter().map(|(place, run)| self.0[*place].shape(run, is_leftward).ok_or(1));
        if missing > 0 { Err(missing) } else { pieces.collect() }
    }

    fn first<T>(&self, weight: Weight, has: impl Fn(&Typeface) -> Option<T>) -> Option<(usize, T)> {
        let tried = self.0.iter().enumerate().skip(usize::from(weight == Weight::Regular));
        tried.into_iter().find_map(|(place, typeface)| has(typeface).map(|found| (place, found)))
    }
}

impl Typeface {
    /// None where the font lacks a part of it.
    fn shape(&self, text: &str, is_leftward: bool) -> Option<Piece> {
        if text.contains(cannot_stand) {
            return None;
        }
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(if is_leftward { Direction::RightToLeft } else { Direction::LeftToRight });
        let shaped = rustybuzz::shape(&self.face, &[], buffer);
        let mut starts: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        starts.sort_unstable();
        let end = |start: usize| starts.iter().copied().find(|next| *next > start).unwrap_or(text.len());
        let units = self.font.units_per_em();
        let share = |units_of_font: i32| f32::from(i16::try_from(units_of_font).unwrap_or(i16::MAX)) / units;
        let glyph = |(info, spot): (&rustybuzz::GlyphInfo, &rustybuzz::GlyphPosition)| {
            let start = info.cluster as usize;
            let [advance, x, y, up] = [spot.x_advance, spot.x_offset, spot.y_offset, spot.y_advance].map(share);
            let id = GlyphId::new(info.glyph_id);
            (info.glyph_id != 0).then(|| KrillaGlyph::new(id, advance, x, y, up, start..end(start), None))
        };
        let glyphs = shaped.glyph_infos().iter().zip(shaped.glyph_positions()).map(glyph);
        let glyphs: Vec<KrillaGlyph> = glyphs.collect::<Option<_>>()?;
        let width = glyphs.iter().map(|glyph| glyph.x_advance).sum();
        Some(Piece { font: self.font.clone(), text: text.to_owned(), glyphs, width })
    }
}

impl Piece {
    /// Takes in what follows it on the line.
    pub(super) fn join(&mut self, next: Self) {
        let start = self.text.len();
        let moved = next.glyphs.into_iter().map(|mut glyph| {
            glyph.text_range = glyph.text_range.start + start..glyph.text_range.end + start;
            glyph
        });
        self.glyphs.extend(moved);
        self.text.push_str(&next.text);
        self.width += next.width;
    }
}

/// A text's characters, each with the marks that belong to it.
pub(super) fn characters(text: &str) -> impl Iterator<Item = &str> {
    let belongs = |c: char| is_combining_mark(c) || matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}');
    let mut rest = text;
    std::iter::from_fn(move || {
        let next = rest.char_indices().skip(1).find(|(_, c)| !belongs(*c)).map_or(rest.len(), |(at, _)| at);
        let (one, after) = rest.split_at(next);
        rest = after;
        (!one.is_empty()).then_some(one)
    })
}

/// What a font shows nothing for, or what PDF/UA-1 does not let stand in a text.
fn cannot_stand(c: char) -> bool {
    c.is_control() || matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}' | '\u{fffd}' | '\u{e000}'..='\u{f8ff}')
}

#[cfg(test)]
mod tests {
    use super::{Fonts, REGULAR, Weight, characters};

    fn fonts_of(word: &str, is_leftward: bool) -> Result<usize, usize> {
        Fonts::carried().shape(word, Weight::Regular, is_leftward).map(|pieces| pieces.len())
    }

    #[test]
    fn every_font_can_be_read() {
        assert_eq!(Fonts::carried().0.len(), REGULAR.len() + 1);
    }

    #[test]
    fn a_word_is_in_one_font_where_one_has_all_of_it() {
        for (word, is_leftward) in [
            ("niña", false),
            ("quie\u{301}n", false),
            ("Nguyễn", false),
            ("ọ̀rẹ́", false),
            ("Здравствуйте", false),
            ("ΑΓΆΠΗ", false),
            ("שלום", true),
            ("أريد", true),
            ("گھر", true),
            ("❤\u{fe0f}", false),
            ("→", false),
        ] {
            assert_eq!(fonts_of(word, is_leftward), Ok(1), "{word}");
        }
        assert_eq!(fonts_of("a→б", false), Ok(3));
    }

    #[test]
    fn what_no_font_has_is_counted_and_not_left_out() {
        for (word, missing) in [("家", 1), ("a家b族", 2), ("😀", 1), ("\u{1}", 1), ("\u{feff}", 1), ("\u{fffd}", 1)]
        {
            assert_eq!(fonts_of(word, false), Err(missing), "{word:?}");
        }
    }

    #[test]
    fn marks_stay_with_their_character() {
        assert_eq!(characters("e\u{301}a\u{fe0f}b").collect::<Vec<_>>(), ["e\u{301}", "a\u{fe0f}", "b"]);
        assert_eq!(characters("").count(), 0);
    }
}
