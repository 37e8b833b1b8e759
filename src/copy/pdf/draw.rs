//! Draws the pages and says what each piece is: title, headings, paragraphs and lists in reading order, an outline, the
//! languages; bars, rules and page numbers are marked as no part of the text.

use std::num::NonZeroU16;

use krilla::{
    Document, SerializeSettings,
    color::luma,
    configure::{Accessibility, Configuration, ConfigurationBuilder},
    destination::XyzDestination,
    geom::{PathBuilder, Point, Rect},
    metadata::Metadata,
    num::NormalizedF32,
    outline::{Outline, OutlineNode},
    page::PageSettings,
    paint::{Fill, FillRule},
    surface::Surface,
    tagging::{
        Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, Node, SpanTag, Tag, TagGroup, TagKind, TagTree,
    },
};

use super::{
    NoPdf,
    font::{Fonts, Weight},
    line::{Line, broken},
    page::{BODY, FOOT, HEIGHT, Laid, MARGIN, Spot, WIDTH},
};
use crate::copy::{Copy, Kind, phrase::Phrase};

/// Stands before one of several.
const BULLET: &str = "•";
/// How dark bars and rules are.
const GRAY: u8 = 90;

/// What was drawn of a block.
#[derive(Default)]
struct Drawn {
    bullet: Option<Identifier>,
    lines: Vec<Identifier>,
}

/// The document's bytes.
pub(super) fn drawn(copy: &Copy, all: &[Laid], pages: &[Vec<Spot>], fonts: &Fonts) -> Result<Vec<u8>, NoPdf> {
    let mut document = Document::new_with(SerializeSettings { configuration: accessible()?, ..Default::default() });
    let mut blocks: Vec<Drawn> = all.iter().map(|_| Drawn::default()).collect();
    for (number, page) in (1..).zip(pages) {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or(NoPdf::NotAccessible)?;
        let mut sheet = document.start_page_with(settings);
        let mut surface = sheet.surface();
        for spot in page {
            draw(&all[spot.block], spot, &mut blocks[spot.block], &mut surface, fonts)?;
        }
        foot(copy, number, pages.len(), &mut surface, fonts)?;
        surface.finish();
        sheet.finish();
    }
    document.set_outline(outline(all, pages));
    document.set_tag_tree(tags(copy, all, blocks));
    document.set_metadata(metadata(copy));
    document.finish().map_err(|_| NoPdf::NotAccessible)
}

fn accessible() -> Result<Configuration, NoPdf> {
    let builder = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1);
    builder.finish().map_err(|_| NoPdf::NotAccessible)
}

fn metadata(copy: &Copy) -> Metadata {
    let markers = copy.blocks.iter().filter(|block| block.kind == Kind::Marker);
    Metadata::new()
        .title(Phrase::Title.said(copy.language).to_owned())
        .language(copy.language.tag().to_owned())
        .creator("ownwords".to_owned())
        .keywords(markers.map(|marker| marker.text.reveal().to_owned()).collect())
}

/// Draws a line, with what stands beside its block.
fn draw(laid: &Laid, spot: &Spot, drawn: &mut Drawn, surface: &mut Surface, fonts: &Fonts) -> Result<(), NoPdf> {
    let (look, line) = (laid.look, &laid.lines[spot.line]);
    let room = WIDTH - 2.0 * MARGIN - look.indent;
    let left = if line.is_leftward { MARGIN + room - line.width * look.size } else { MARGIN + look.indent };
    // Letters reach about as far above the middle of a line as below it.
    let base = spot.top + look.leading / 2.0 + look.size * 0.33;
    let bar = if line.is_leftward { WIDTH - MARGIN - 4.0 } else { MARGIN };
    match laid.block.kind {
        Kind::Told => shade(Rect::from_xywh(bar, spot.top, 4.0, look.leading), surface),
        Kind::Title if spot.line + 1 == laid.lines.len() => {
            shade(Rect::from_xywh(MARGIN, spot.top + look.leading, WIDTH - 2.0 * MARGIN, 2.0), surface);
        }
        Kind::Item if spot.line == 0 => drawn.bullet = Some(bullet(base, line.is_leftward, surface, fonts)?),
        _ => {}
    }
    drawn.lines.push(put(line, left, base, look.size, ContentTag::Span(SpanTag::empty()), surface));
    Ok(())
}

fn bullet(base: f32, is_leftward: bool, surface: &mut Surface, fonts: &Fonts) -> Result<Identifier, NoPdf> {
    let line = short(BULLET, fonts)?;
    let left = if is_leftward { WIDTH - MARGIN - 10.0 } else { MARGIN + 4.0 };
    Ok(put(&line, left, base, BODY, ContentTag::Span(SpanTag::empty()), surface))
}

/// The page's number, in the middle.
fn foot(copy: &Copy, number: usize, of: usize, surface: &mut Surface, fonts: &Fonts) -> Result<(), NoPdf> {
    let said = |phrase: Phrase| phrase.said(copy.language);
    let line = short(&format!("{} {number} {} {of}", said(Phrase::Page), said(Phrase::OfPages)), fonts)?;
    let left = (WIDTH - line.width * BODY) / 2.0;
    put(&line, left, FOOT, BODY, ContentTag::Artifact(Artifact::with_kind(ArtifactType::Footer)), surface);
    Ok(())
}

/// A line of ours.
fn short(text: &str, fonts: &Fonts) -> Result<Line, NoPdf> {
    let lines = broken(text, Weight::Regular, f32::MAX, fonts).map_err(NoPdf::Characters)?;
    lines.into_iter().next().ok_or(NoPdf::NotAccessible)
}

/// Draws pieces in reading order, and says what they are.
fn put(line: &Line, left: f32, base: f32, size: f32, tag: ContentTag, surface: &mut Surface) -> Identifier {
    let identifier = surface.start_tagged(tag);
    for (from_left, piece) in &line.pieces {
        let start = Point::from_xy(left + from_left * size, base);
        surface.draw_glyphs(start, &piece.glyphs, piece.font.clone(), &piece.text, size, false);
    }
    surface.end_tagged();
    identifier
}

/// A bar or a rule, which is no part of the text.
fn shade(place: Option<Rect>, surface: &mut Surface) {
    let mut path = PathBuilder::new();
    place.into_iter().for_each(|place| path.push_rect(place));
    let Some(path) = path.finish() else { return };
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
    surface.set_fill(Some(Fill {
        paint: luma::Color::new(GRAY).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::NonZero,
    }));
    surface.draw_path(&path);
    surface.set_fill(None);
    surface.end_tagged();
}

/// Headings below the title, each with where it stands.
fn outline(all: &[Laid], pages: &[Vec<Spot>]) -> Outline {
    let mut outline = Outline::new();
    let mut title: Option<OutlineNode> = None;
    for (number, page) in pages.iter().enumerate() {
        for spot in page.iter().filter(|spot| spot.line == 0) {
            let block = all[spot.block].block;
            let point = Point::from_xy(0.0, spot.top);
            let node = || OutlineNode::new(block.text.reveal().to_owned(), XyzDestination::new(number, point));
            match (block.kind, &mut title) {
                (Kind::Title, None) => title = Some(node().with_open(true)),
                (Kind::Heading, Some(title)) => title.push_child(node()),
                _ => {}
            }
        }
    }
    title.into_iter().for_each(|title| outline.push_child(title));
    outline
}

/// What each piece is, in reading order; items that follow each other are one list.
fn tags(copy: &Copy, all: &[Laid], blocks: Vec<Drawn>) -> TagTree {
    let mut tree = TagTree::new().with_lang(Some(copy.language.tag().to_owned()));
    let mut list: Option<TagGroup> = None;
    for (laid, drawn) in all.iter().zip(blocks) {
        let block = laid.block;
        let language = block.language.clone().filter(|language| is_language(language));
        let lines: Vec<Node> = drawn.lines.into_iter().map(Node::from).collect();
        if block.kind == Kind::Item {
            let list = list.get_or_insert_with(|| TagGroup::new(Tag::L(ListNumbering::Disc)));
            let mut item = TagGroup::new(Tag::LI);
            item.push(TagGroup::with_children(Tag::Lbl, drawn.bullet.into_iter().map(Node::from).collect()));
            item.push(TagGroup::with_children(Tag::LBody.with_lang(language), lines));
            list.push(item);
            continue;
        }
        list.take().into_iter().for_each(|list| tree.push(list));
        let title = || Some(block.text.reveal().to_owned());
        let tag: TagKind = match block.kind {
            Kind::Title => Tag::Hn(NonZeroU16::MIN, title()).into(),
            Kind::Heading => Tag::Hn(NonZeroU16::MIN.saturating_add(1), title()).into(),
            _ => Tag::P.with_lang(language).into(),
        };
        tree.push(TagGroup::with_children(tag, lines));
    }
    list.into_iter().for_each(|list| tree.push(list));
    tree
}

/// Whether a text has the form of a language tag.
fn is_language(tag: &str) -> bool {
    let is_part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    tag.split('-').all(is_part) && tag.starts_with(|c: char| c.is_ascii_alphabetic())
}
