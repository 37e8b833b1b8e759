//! Takes the formatting out of rich text (HTML), so that the words can be read; the original is kept beside them.
//! Nothing but tags and character references is touched.

use std::borrow::Cow;

/// The text without tags: a paragraph, line break, row or list item begins a new line, character references become letters.
pub(super) fn stripped(html: &str) -> Cow<'_, str> {
    let is_rich = html.contains('&') || html.match_indices('<').any(|(at, _)| tag(&html[at..]).is_some());
    if !is_rich {
        return Cow::Borrowed(html);
    }
    let (mut text, mut rest) = (String::with_capacity(html.len()), html);
    while let Some(at) = rest.find(['<', '&']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((name, length)) = tag(rest) {
            break_line(&mut text, name);
            rest = &rest[length..];
            rest = skip_unread(rest, name);
        } else if let Some((letter, length)) = reference(rest) {
            text.push(letter);
            rest = &rest[length..];
        } else {
            text.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    text.push_str(rest);
    let text = text.trim_matches('\n');
    if text == html { Cow::Borrowed(html) } else { Cow::Owned(text.to_owned()) }
}

/// The name and length of the tag or comment that begins the text, if one does.
fn tag(text: &str) -> Option<(&str, usize)> {
    if text.starts_with("<!--") {
        return within(text, "-->").map(|end| ("!", end + 3));
    }
    let inner = text.strip_prefix('<')?;
    let name = inner.strip_prefix('/').unwrap_or(inner);
    let length = name.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let is_tag = name.starts_with(|letter: char| letter.is_ascii_alphabetic());
    let follows = name[length..].starts_with([' ', '/', '>', '\n', '\r', '\t', ':']);
    (is_tag && follows).then_some(())?;
    within(text, ">").map(|end| (&name[..length], end + 1))
}

/// Looks no further than a tag or a hidden part may sensibly reach, so that odd text costs no more than plain text.
fn within(text: &str, end: &str) -> Option<usize> {
    const REACH: usize = 4096;
    let mut reach = REACH.min(text.len());
    while !text.is_char_boundary(reach) {
        reach -= 1;
    }
    text[..reach].find(end)
}

fn break_line(text: &mut String, name: &str) {
    const BLOCKS: [&str; 14] =
        ["br", "p", "div", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "blockquote"];
    let begins_line = BLOCKS.iter().any(|block| block.eq_ignore_ascii_case(name));
    let is_break = name.eq_ignore_ascii_case("br");
    if (begins_line && !text.is_empty() && !text.ends_with('\n')) || (is_break && !text.is_empty()) {
        text.push('\n');
    }
}

/// Passes over what a browser does not show.
fn skip_unread<'t>(rest: &'t str, name: &str) -> &'t str {
    let end = match name.to_ascii_lowercase().as_str() {
        "style" => "</style",
        "script" => "</script",
        _ => return rest,
    };
    let shown = [end, &end.to_ascii_uppercase()].iter().find_map(|end| within(rest, end));
    shown.map_or(rest, |at| &rest[at..])
}

fn reference(text: &str) -> Option<(char, usize)> {
    const NAMED: [(&str, char); 26] = [
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", '\u{a0}'),
        ("rsquo", '’'),
        ("lsquo", '‘'),
        ("rdquo", '”'),
        ("ldquo", '“'),
        ("ndash", '–'),
        ("mdash", '—'),
        ("hellip", '…'),
        ("bull", '•'),
        ("eacute", 'é'),
        ("aacute", 'á'),
        ("iacute", 'í'),
        ("oacute", 'ó'),
        ("uacute", 'ú'),
        ("ntilde", 'ñ'),
        ("Ntilde", 'Ñ'),
        ("uuml", 'ü'),
        ("iquest", '¿'),
        ("iexcl", '¡'),
        ("ccedil", 'ç'),
        ("deg", '°'),
    ];
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let letter = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
        None => NAMED.iter().find(|(known, _)| *known == name)?.1,
    };
    Some((letter, end + 1))
}
