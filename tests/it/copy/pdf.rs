//! The copy in large print: read back by a tool that is not ours (`pdftotext`), and what is written where a script has no font.

use std::{fs, process::Command};

use ownwords::{
    copy::{Block, Copy, Kind, Language, NoPdf},
    plan::Plan,
};
use serde_json::json;

use super::plan;

/// The text that pdftotext finds, page numbers and marks of direction left out; none without that tool.
fn read_back(pdf: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("copy.pdf");
    fs::write(&file, pdf).expect("written");
    let Ok(output) = Command::new("pdftotext").args(["-enc", "UTF-8"]).arg(&file).arg("-").output() else {
        println!("skipped: no pdftotext (Debian: poppler-utils)");
        return None;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let is_foot = |line: &str| {
        let parts: Vec<&str> = line.split_whitespace().collect();
        matches!(parts[..], ["Page", _, "of", _] | ["Página", _, "de", _])
    };
    let lines = text.split(['\n', '\u{c}']).filter(|line| !is_foot(line)).collect::<Vec<_>>().join("\n");
    Some(lines.replace(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{200e}' | '\u{200f}'), ""))
}

fn close(text: &str) -> String {
    text.split_whitespace().collect()
}

fn copy_of(words: &str) -> Copy {
    let tree = json!({ "goals": [{ "statement": { "text": words, "expressed_by": "person" } }] });
    Copy::of(&serde_json::from_value::<Plan>(tree).expect("a plan"), Language::English, None)
}

fn pdf(copy: &Copy) -> Vec<u8> {
    copy.pdf().unwrap_or_else(|no_pdf| panic!("{no_pdf}"))
}

#[test]
fn every_word_of_a_copy_is_in_its_pdf_in_the_same_order() {
    // Three of its characters have no font here.
    assert_eq!(Copy::of(&plan("odd"), Language::English, None).pdf(), Err(NoPdf::Characters(3)));
    for name in ["everything", "spanish", "part2", "minimal", "no-goal"] {
        for language in Language::ALL {
            let copy = Copy::of(&plan(name), language, None);
            let Some(found) = read_back(&pdf(&copy)) else { return };
            let (found, mut from) = (close(&found), 0);
            for Block { text, .. } in &copy.blocks {
                let words = close(text.reveal());
                let at = found[from..].find(&words);
                let at = at.unwrap_or_else(|| panic!("{name} {language:?}: {} characters are missing", words.len()));
                from += at + words.len();
            }
        }
    }
}

#[test]
fn scripts_of_the_people_we_meet_are_printed_whole() {
    for words in [
        "Quiero volver a la universidad; ¿cuándo?",
        "quie\u{301}n, an\u{303}o",
        "Tôi muốn trở lại trường học",
        "Мне хочется снова рисовать",
        "Θέλω να ζωγραφίσω ξανά",
        "Mo fẹ́ láti padà sí ilé-ìwé",
        "I ❤ my kids → home ☐ ½ “yes” – don’t… 5 € • ≥ 2",
        "co\u{ad}operate, a\u{200b}b, 10\u{a0}km, well\u{2011}known",
    ] {
        let Some(found) = read_back(&pdf(&copy_of(words))) else { return };
        // The reader leaves out what has no width, and may take a mark and its letter for one character.
        let plain = |text: &str| {
            close(text).replace(['\u{ad}', '\u{200b}'], "").replace("e\u{301}", "é").replace("n\u{303}", "ñ")
        };
        assert!(plain(&found).contains(&plain(words)), "{words}: {found}");
        for word in words.split_whitespace().filter(|word| word.is_ascii()) {
            assert!(found.split_whitespace().any(|one| one == word), "{word} stands alone in {found}");
        }
    }
}

#[test]
fn words_from_right_to_left_are_there_letter_by_letter() {
    for words in ["أريد أن أعود إلى المدرسة", "میں گھر جانا چاہتا ہوں", "אני רוצה לחזור ללמוד", "Ana said שלום to me"]
    {
        let Some(found) = read_back(&pdf(&copy_of(words))) else { return };
        // The reader takes the room beside some letters for a space.
        for word in words.split_whitespace() {
            assert!(close(&found).contains(word), "{word} in {found}");
        }
    }
}

#[test]
fn a_character_without_a_font_makes_no_pdf_and_is_not_told() {
    for (words, missing) in [("我想回学校", 5), ("I am happy 😀", 1), ("หน้า", 3), ("\u{1}", 1), ("a\u{fffd}", 1)]
    {
        let copy = copy_of(words);
        let no_pdf = copy.pdf().expect_err("no font");
        assert_eq!(no_pdf, NoPdf::Characters(missing), "{words:?}");
        assert!(words.chars().all(|c| c.is_ascii_alphabetic() || c == ' ' || !no_pdf.to_string().contains(c)));
        assert!(copy.text().reveal().contains(words), "the text has every word");
    }
}

#[test]
fn a_long_text_goes_on_over_pages() {
    let words: String = (0..6000).map(|number| format!("word{number} ")).collect();
    let copy = copy_of(&(words.clone() + &"x".repeat(500)));
    let Some(found) = read_back(&pdf(&copy)) else { return };
    assert!(close(&found).contains(&close(&words)));
    assert!(close(&found).contains(&"x".repeat(500)), "a word longer than a line");
}

#[test]
fn the_same_copy_gives_the_same_bytes_and_says_what_it_is() {
    for (name, language, says) in [
        ("everything", Language::English, ["<rdf:li>en</rdf:li>", "My recovery plan"]),
        ("spanish", Language::Spanish, ["<rdf:li>es</rdf:li>", "Mi plan de recuperación"]),
    ] {
        let bytes = pdf(&Copy::of(&plan(name), language, Some("ownwords plan x v1")));
        assert_eq!(bytes, pdf(&Copy::of(&plan(name), language, Some("ownwords plan x v1"))));
        let plain = String::from_utf8_lossy(&bytes);
        for part in says.into_iter().chain(["%PDF-1.7", "<pdfuaid:part>1</pdfuaid:part>", "ownwords plan x v1"]) {
            assert!(plain.contains(part), "{name}: {part}");
        }
    }
}

#[test]
fn a_goal_in_another_language_says_so() {
    let tree = json!({ "goals": [{ "statement": { "text": "Quiero pintar", "lang": "es-PR" } }] });
    let copy = Copy::of(&serde_json::from_value::<Plan>(tree).expect("a plan"), Language::English, None);
    let told = copy.blocks.iter().find(|block| block.kind == Kind::Told).expect("the goal");
    assert_eq!(told.language.as_deref(), Some("es-PR"));
    let silent = Copy {
        blocks: copy.blocks.iter().cloned().map(|block| Block { language: None, ..block }).collect(),
        ..copy.clone()
    };
    assert_ne!(pdf(&copy), pdf(&silent), "the language is in the PDF too");
}
