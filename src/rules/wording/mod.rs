//! The own-words judge: whose voice is a goal's text in? (Domain model, sections 5.2 to 5.5.)
//!
//! It looks at the text alone; what the record says about where the words came from outranks it (`reading.rs`). In doubt
//! it decides for the person: no topic, tone, length, spelling or missing pronoun ever counts against a text.
//!
//! Markers of a clinician's voice (English `C`, Spanish `S`): 1 a role noun or name that "will", "is to", "agrees to"; 2 a
//! possessive role noun; 3 compliance, attendance, program rules; 4 reducing or managing symptoms; 5 insight, coping
//! skills, relapse prevention; 6 measures; 7 shorthand of the trade; 8 a sentence that opens with a treatment verb; 9 "I
//! will comply" (turns first person into borderline, no more). `D` is a wish reported, `OTHERS` someone else's wish.

mod grade;
mod language;
pub mod lexicon;
mod markers;
mod pattern;
mod phrases;
pub(crate) mod steps;
pub mod tables;
mod text;

use tables::{Sense, StrengthText, Tables, tables};

pub(crate) use grade::Grade;
pub use language::Language;
pub(crate) use language::base;
pub use markers::Markers;
pub use pattern::{Exact, Pattern};
pub use phrases::{PhraseFault, Phrases};
pub(crate) use phrases::{is_ready_made, plain_words, words_of};
pub(crate) use text::Text;

/// What is known about the text beside the text.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'a> {
    /// The language it is declared to be in, BCP-47.
    pub language: Option<&'a str>,
    /// The person's primary language, BCP-47.
    pub primary_language: Option<&'a str>,
    /// What the person likes to be called.
    pub preferred_name: Option<&'a str>,
}

/// Whose voice a text is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// An empty field filled in.
    Placeholder,
    /// The person's own words.
    OwnWords,
    /// A language without a marker table, and no first person seen.
    CannotJudge,
    /// First person or a quotation with clinical wording, or one weaker marker without first person.
    Borderline,
    /// Told by someone about the person.
    Reported,
    /// Nothing speaks for or against it.
    Plausible,
    /// Reads as written for the person.
    ClinicianVoice,
}

impl Voice {
    /// As examples and diagnostics say it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Placeholder => "placeholder",
            Self::OwnWords => "own-words",
            Self::CannotJudge => "cannot-judge",
            Self::Borderline => "borderline",
            Self::Reported => "reported",
            Self::Plausible => "plausible",
            Self::ClinicianVoice => "clinician-voice",
        }
    }
}

/// A text, judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Whose voice.
    pub voice: Voice,
    /// What was found in the whole text.
    pub markers: Markers,
    /// Whether someone speaks as "I" or "we", or is quoted.
    pub in_first_person: bool,
    /// The language whose tables it was held against.
    pub language: Language,
}

/// Judges a text by itself.
pub fn judge_text(text: &str, about: &About<'_>) -> Judged {
    judge_normal(&Text::of(text), about)
}

pub(crate) fn judge_normal(text: &Text<'_>, about: &About<'_>) -> Judged {
    let tables = tables();
    if is_placeholder(text, tables) {
        let (voice, language) = (Voice::Placeholder, Language::English);
        return Judged { voice, markers: Markers::NONE, in_first_person: false, language };
    }
    let language = Language::of(text, about, tables);
    if language == Language::Other {
        let in_first_person = first_person(text, language, tables);
        let voice = if in_first_person { Voice::OwnWords } else { Voice::CannotJudge };
        return Judged { voice, markers: Markers::NONE, in_first_person, language };
    }
    let mut markers = clinician(text, language, about, tables);
    if let Some(voice) = quotation(text, language, about, tables) {
        return Judged { voice, markers, in_first_person: true, language };
    }
    let in_first_person = first_person(text, language, tables);
    let voice = if in_first_person {
        first_person_voice(text, language, &mut markers, tables)
    } else {
        third_person_voice(text, language, &mut markers, tables)
    };
    Judged { voice, markers, in_first_person, language }
}

/// Whether a pattern of either language's table matches; Spanish ones are not tried on English text.
pub(crate) fn says(text: &Text<'_>, language: Language, pattern: impl Fn(&Sense) -> &Pattern) -> bool {
    let tables = tables();
    pattern(&tables.en.sense).is_in(text) || (language == Language::Spanish && pattern(&tables.es.sense).is_in(text))
}

/// Whether a pattern on strengths matches, in either language: strengths do not say theirs.
pub(crate) fn strength_says(text: &Text<'_>, pattern: impl Fn(&StrengthText) -> &Pattern) -> bool {
    let tables = tables();
    [&tables.en.strength, &tables.es.strength].into_iter().any(|of| pattern(of).is_in(text))
}

/// Whether a goal's text only fills an empty field.
fn is_placeholder(text: &Text<'_>, tables: &Tables) -> bool {
    [&tables.common.placeholder, &tables.en.placeholder, &tables.es.placeholder]
        .iter()
        .any(|pattern| pattern.is_in(text))
}

/// Whether a strength's text only fills an empty field.
pub(crate) fn is_strength_placeholder(text: &Text<'_>) -> bool {
    let tables = tables();
    let patterns = [&tables.common.placeholder, &tables.en.strength.placeholder, &tables.es.strength.placeholder];
    patterns.iter().any(|pattern| pattern.is_in(text))
}

/// Lines 4 and 5 of the table of verdicts: the text speaks in first person.
fn first_person_voice(text: &Text<'_>, language: Language, markers: &mut Markers, tables: &Tables) -> Voice {
    let spanish = language == Language::Spanish;
    if tables.en.clinician.c9.is_in(text) {
        *markers |= Markers::C9;
    }
    if spanish && tables.es.clinician.s9.is_in(text) {
        *markers |= Markers::S9;
    }
    let weighty = markers.count(Markers::WEIGHTY);
    if weighty > 0 && others_wish(text, spanish, tables) {
        *markers |= Markers::OTHERS;
    }
    let told_to = markers.any(Markers::of(&[Markers::C1, Markers::S1, Markers::C9, Markers::S9]));
    let with_weight = markers.any(Markers::of(&[Markers::C8, Markers::S8, Markers::OTHERS]));
    if weighty >= 2 || told_to || (weighty >= 1 && with_weight) { Voice::Borderline } else { Voice::OwnWords }
}

/// Lines 6 to 9 of the table of verdicts: nobody speaks as "I".
///
/// A measure alone (C6) decides nothing, since "Walk 3x a week" is how people write; nor does a short plain saying such as
/// "control anger", whatever it is made of. Both are asked about, and neither sends a plan back.
fn third_person_voice(text: &Text<'_>, language: Language, markers: &mut Markers, tables: &Tables) -> Voice {
    const DECISIVE: Markers =
        Markers::of(&[Markers::C1, Markers::S1, Markers::C4, Markers::C5, Markers::S4, Markers::S5]);
    let spanish = language == Language::Spanish;
    let kinds = markers.count(Markers::KINDS);
    if kinds > 0 && (tables.en.person.plain.is_in(text) || (spanish && tables.es.person.plain.is_in(text))) {
        return Voice::Borderline;
    }
    if kinds >= 2 || markers.any(DECISIVE) {
        return Voice::ClinicianVoice;
    }
    if kinds == 1 {
        return Voice::Borderline;
    }
    if tables.en.sense.d.is_in(text) || (spanish && tables.es.sense.d.is_in(text)) {
        *markers |= Markers::D;
    }
    if others_wish(text, spanish, tables) {
        *markers |= Markers::OTHERS;
    }
    let reported = markers.any(Markers::of(&[Markers::D, Markers::OTHERS, Markers::NAME]));
    if reported { Voice::Reported } else { Voice::Plausible }
}

/// Line 3: a quotation in which someone speaks, or of three words or more. In doubt between several, the person's.
fn quotation(text: &Text<'_>, language: Language, about: &About<'_>, tables: &Tables) -> Option<Voice> {
    if !text.normal().contains(['"', '“', '«']) {
        return None;
    }
    let mut voice = None;
    for quoted in tables.common.quotation.regex().captures_iter(text.normal()) {
        let inside = Text::of(quoted.get(1).map_or("", |group| group.as_str()));
        if inside.normal().split(' ').count() < 3 && !anyone_speaks(&inside, tables) {
            continue;
        }
        if clinician(&inside, language, about, tables).count(Markers::KINDS) < 2 {
            return Some(Voice::OwnWords);
        }
        voice = Some(Voice::Borderline);
    }
    voice
}

/// The clinician's kinds in a text; the person's own name before "will" is none, and is noted as such.
fn clinician(text: &Text<'_>, language: Language, about: &About<'_>, tables: &Tables) -> Markers {
    let (en, es) = (&tables.en.clinician, &tables.es.clinician);
    let mut found = named_actor(text, about, tables);
    let english = [
        (&en.c1a, Markers::C1),
        (&en.c2, Markers::C2),
        (&en.c3, Markers::C3),
        (&en.c4, Markers::C4),
        (&en.c5, Markers::C5),
        (&en.c6, Markers::C6),
        (&en.c7, Markers::C7),
        (&en.c8, Markers::C8),
    ];
    let spanish = [
        (&es.s1a, Markers::S1),
        (&es.s1b, Markers::S1),
        (&es.s3, Markers::S3),
        (&es.s4, Markers::S4),
        (&es.s5, Markers::S5),
        (&es.s8, Markers::S8),
    ];
    let spanish = spanish.iter().filter(|_| language == Language::Spanish);
    for (pattern, marker) in english.iter().chain(spanish) {
        if !found.any(*marker) && pattern.is_in(text) {
            found |= *marker;
        }
    }
    found
}

/// "Mr. Alvarez will …": C1, unless the subject is "we", "it" and the like, or the name the person likes to be called.
fn named_actor(text: &Text<'_>, about: &About<'_>, tables: &Tables) -> Markers {
    let en = &tables.en.clinician;
    let Some(name) = en.c1b.first_group(text) else { return Markers::NONE };
    if en.c1b_not.is_in(text) {
        return Markers::NONE;
    }
    let first = |words: &str| words.split_whitespace().next().unwrap_or_default().to_lowercase();
    let preferred = about.preferred_name.map(first).filter(|preferred| !preferred.is_empty());
    if preferred.is_some_and(|preferred| preferred == first(name)) { Markers::NAME } else { Markers::C1 }
}

fn first_person(text: &Text<'_>, language: Language, tables: &Tables) -> bool {
    let (en, es) = (&tables.en.person, &tables.es.person);
    match language {
        Language::English => en.p1a.is_in(text) || en.p1b.is_in(text) || en.p1_es.is_in(text),
        Language::Spanish => es.p1.is_in(text) || es.p1_en.is_in(text),
        Language::Other => tables.first_person.values().any(|pattern| pattern.is_in(text)),
    }
}

fn anyone_speaks(text: &Text<'_>, tables: &Tables) -> bool {
    [Language::English, Language::Spanish, Language::Other].iter().any(|language| first_person(text, *language, tables))
}

fn others_wish(text: &Text<'_>, spanish: bool, tables: &Tables) -> bool {
    tables.en.sense.others.is_in(text) || (spanish && tables.es.sense.others.is_in(text))
}
