//! A text broken into lines of a width: at white space and after hyphens, inside of a word only where it is longer than a line.
//! Right-to-left text runs as Unicode's bidirectional algorithm has it. Line ends of the text stay line ends.

use unicode_bidi::{BidiInfo, Level};

use super::font::{Fonts, Piece, Weight, characters};

/// Where a text ends a line, but for a carriage return with a line feed.
const LINE_ENDS: [char; 7] = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
/// After these a line may end.
const HYPHENS: [char; 5] = ['-', '\u{2010}', '–', '—', '/'];
/// Four spaces stand for a tab.
const TAB: &str = "    ";

/// A line; all lengths in parts of the font's size.
pub(super) struct Line {
    /// Pieces in logical order, each with its distance from the left end.
    pub pieces: Vec<(f32, Piece)>,
    /// How long it is.
    pub width: f32,
    /// Whether it begins at the right.
    pub is_leftward: bool,
}

/// A run of one direction, all of it white space or none.
struct Atom {
    text: String,
    level: Level,
    is_room: bool,
    pieces: Vec<Piece>,
}

impl Atom {
    fn width(&self) -> f32 {
        self.pieces.iter().map(|piece| piece.width).sum()
    }

    fn may_end_a_line(&self) -> bool {
        self.is_room || self.text.ends_with(HYPHENS)
    }
}

/// The lines of a text; else how many characters no font has.
pub(super) fn broken(text: &str, weight: Weight, room: f32, fonts: &Fonts) -> Result<Vec<Line>, usize> {
    let (mut lines, mut missing) = (Vec::new(), 0);
    for line in text.replace("\r\n", "\n").split(LINE_ENDS) {
        match of_line(&line.replace('\t', TAB), weight, room, fonts) {
            Ok(more) => lines.extend(more),
            Err(more) => missing += more,
        }
    }
    if missing > 0 { Err(missing) } else { Ok(lines) }
}

fn of_line(text: &str, weight: Weight, room: f32, fonts: &Fonts) -> Result<Vec<Line>, usize> {
    let bidi = BidiInfo::new(text, None);
    let base = bidi.paragraphs.first().map_or_else(Level::ltr, |paragraph| paragraph.level);
    let (mut atoms, mut missing) = (Vec::new(), 0);
    for (part, level, is_room) in parts(text, &bidi.levels) {
        match fonts.shape(part, weight, level.is_rtl()) {
            Ok(pieces) => atoms.push(Atom { text: part.to_owned(), level, is_room, pieces }),
            Err(more) => missing += more,
        }
    }
    if missing > 0 {
        return Err(missing);
    }
    let mut filling = Filling { fonts, weight, room, base, line: Vec::new(), width: 0.0, lines: Vec::new() };
    let mut word: Vec<Atom> = Vec::new();
    for atom in atoms {
        let may_end = atom.may_end_a_line();
        word.push(atom);
        if may_end {
            filling.take(std::mem::take(&mut word))?;
        }
    }
    filling.take(word)?;
    filling.end_line();
    Ok(filling.lines)
}

/// Runs of one level that are all white space or none; a hyphen ends one.
fn parts<'t>(text: &'t str, levels: &[Level]) -> Vec<(&'t str, Level, bool)> {
    let mut parts = Vec::new();
    let mut start = 0;
    let is_room = |c: char| c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}' | '\u{2007}');
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let goes_on = chars.peek().is_some_and(|(next, d)| {
            is_room(c) == is_room(*d) && levels[at] == levels[*next] && !(HYPHENS.contains(&c) && d.is_alphanumeric())
        });
        if !goes_on {
            let end = at + c.len_utf8();
            parts.push((&text[start..end], levels[at], is_room(c)));
            start = end;
        }
    }
    parts
}

/// Lines being filled.
struct Filling<'f> {
    fonts: &'f Fonts,
    weight: Weight,
    room: f32,
    base: Level,
    line: Vec<Atom>,
    width: f32,
    lines: Vec<Line>,
}

impl Filling<'_> {
    /// Takes a word with the white space after it, which may hang over the end.
    fn take(&mut self, word: Vec<Atom>) -> Result<(), usize> {
        let needed: f32 = word.iter().filter(|atom| !atom.is_room).map(Atom::width).sum();
        if !self.line.is_empty() && self.width + needed > self.room {
            self.end_line();
        }
        if needed <= self.room {
            word.into_iter().for_each(|atom| self.put(atom));
            return Ok(());
        }
        for atom in word {
            for one in characters(&atom.text) {
                let pieces = self.fonts.shape(one, self.weight, atom.level.is_rtl())?;
                let one = Atom { text: one.to_owned(), level: atom.level, is_room: atom.is_room, pieces };
                if !self.line.is_empty() && !one.is_room && self.width + one.width() > self.room {
                    self.end_line();
                }
                self.put(one);
            }
        }
        Ok(())
    }

    fn put(&mut self, atom: Atom) {
        self.width += atom.width();
        self.line.push(atom);
    }

    fn end_line(&mut self) {
        let mut atoms = std::mem::take(&mut self.line);
        // White space at the end runs in the direction of the whole.
        let end = atoms.iter().rposition(|atom| !atom.is_room).map_or(0, |last| last + 1);
        atoms[end..].iter_mut().for_each(|atom| atom.level = self.base);
        let levelled = |atom: Atom| atom.pieces.into_iter().map(move |piece| (atom.level, piece));
        let (levels, pieces): (Vec<Level>, Vec<Piece>) = atoms.into_iter().flat_map(levelled).unzip();
        let mut lefts = vec![0.0; pieces.len()];
        let mut width = 0.0;
        for place in BidiInfo::reorder_visual(&levels) {
            lefts[place] = width;
            width += pieces[place].width;
        }
        let mut joined: Vec<(f32, Piece)> = Vec::new();
        let mut before = None;
        for ((left, piece), level) in lefts.into_iter().zip(pieces).zip(levels) {
            match joined.last_mut() {
                Some((_, last)) if !level.is_rtl() && before == Some(level) && last.font == piece.font => {
                    last.join(piece)
                }
                _ => joined.push((left, piece)),
            }
            before = Some(level);
        }
        self.lines.push(Line { pieces: joined, width, is_leftward: self.base.is_rtl() });
        self.width = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::{Fonts, Line, Weight, broken};

    fn lines(text: &str, room: f32) -> Vec<Line> {
        broken(text, Weight::Regular, room, &Fonts::carried()).unwrap_or_else(|missing| panic!("{missing} are missing"))
    }

    fn told(lines: &[Line]) -> Vec<String> {
        lines.iter().map(|line| line.pieces.iter().map(|(_, piece)| piece.text.as_str()).collect()).collect()
    }

    #[test]
    fn lines_end_between_words_and_nothing_is_lost() {
        let text = " I want\tto go back, well-known / slowly. ";
        for room in [4.0, 7.0, 11.0, 100.0] {
            let lines = lines(text, room);
            assert_eq!(told(&lines).concat(), text.replace('\t', "    "), "{room}");
            assert!(lines.iter().all(|line| line.width <= room + 1.5), "{room}: no more than a space hangs over");
        }
        assert_eq!(told(&lines("one two", 2.0)), ["one ", "two"]);
        assert_eq!(told(&lines("a\r\n\rb\u{2028}c", 9.0)), ["a", "", "b", "c"]);
    }

    #[test]
    fn a_word_longer_than_a_line_goes_on_in_the_next() {
        let word = "http://example.org/".repeat(9) + &"x".repeat(200);
        let lines = lines(&word, 10.0);
        assert!(lines.len() > 10 && lines.iter().all(|line| line.width <= 10.0));
        assert_eq!(told(&lines).concat(), word);
    }

    #[test]
    fn text_from_right_to_left_begins_at_the_right() {
        let line = &lines("שלום abc עולם ", 99.0)[0];
        assert!(line.is_leftward);
        let places: Vec<(&str, f32)> = line.pieces.iter().map(|(left, piece)| (piece.text.as_str(), *left)).collect();
        let left = |text: &str| places.iter().find(|(piece, _)| *piece == text).expect("a piece").1;
        assert!(left("שלום") > left("abc") && left("abc") > left("עולם") && left("עולם") > 0.0, "{places:?}");
        let line = &lines("Ana: שלום עולם", 99.0)[0];
        assert!(!line.is_leftward && line.pieces[0].0 < f32::EPSILON);
    }
}
