//! The marker tables, read once from the TOML files beside this one. Patterns are facts of the domain model, sections 5.4
//! and 6. Where a test showed a pattern to be wrong they differ; `tests/it/rules/tables.rs` names each that does.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::{Deserialize, de::DeserializeOwned};

use super::pattern::{Exact, Pattern};

/// All tables.
#[derive(Debug)]
pub struct Tables {
    /// Patterns of no one language.
    pub common: Common,
    /// English.
    pub en: English,
    /// Spanish.
    pub es: Spanish,
    /// First person in languages without a table, by language.
    pub first_person: BTreeMap<String, Pattern>,
}

/// Patterns of no one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Common {
    /// An empty field in any language.
    pub placeholder: Pattern,
    /// Words someone is quoted as saying; the group is what stands inside.
    pub quotation: Exact,
    /// Scripts of languages without a table.
    pub script: Exact,
    /// Words of languages without a table.
    pub words: Pattern,
    /// Quotations in staff text, which are not the writer's words.
    pub quoted: Exact,
    /// Letters read in the wrong encoding.
    pub garbled: Exact,
    /// Leftover markup.
    pub markup: Exact,
}

/// English.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct English {
    /// An empty field.
    pub placeholder: Pattern,
    /// Frequent words, to tell the language.
    pub words: Exact,
    /// The clinician's voice.
    pub clinician: EnglishClinician,
    /// First person.
    pub person: EnglishPerson,
    /// What else a text may say.
    pub sense: Sense,
    /// Strengths.
    pub strength: StrengthText,
    /// Peer support.
    pub peer: PeerText,
}

/// Spanish.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spanish {
    /// An empty field.
    pub placeholder: Pattern,
    /// Frequent words, to tell the language.
    pub words: Exact,
    /// Letters and signs that English has not.
    pub letters: Exact,
    /// The clinician's voice.
    pub clinician: SpanishClinician,
    /// First person.
    pub person: SpanishPerson,
    /// What else a text may say.
    pub sense: Sense,
    /// Strengths.
    pub strength: StrengthText,
    /// Peer support.
    pub peer: PeerText,
}

/// The clinician's voice in English; the markers are told in `wording/mod.rs`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "UPPERCASE")]
#[allow(missing_docs)]
pub struct EnglishClinician {
    #[serde(rename = "C1a")]
    pub c1a: Pattern,
    #[serde(rename = "C1b")]
    pub c1b: Pattern,
    #[serde(rename = "C1b_not")]
    pub c1b_not: Pattern,
    pub c2: Pattern,
    pub c3: Pattern,
    pub c4: Pattern,
    pub c5: Pattern,
    pub c6: Pattern,
    pub c7: Pattern,
    pub c8: Pattern,
    pub c9: Pattern,
}

/// The clinician's voice in Spanish.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "UPPERCASE")]
#[allow(missing_docs)]
pub struct SpanishClinician {
    #[serde(rename = "S1a")]
    pub s1a: Pattern,
    #[serde(rename = "S1b")]
    pub s1b: Pattern,
    pub s3: Pattern,
    pub s4: Pattern,
    pub s5: Pattern,
    pub s8: Pattern,
    pub s9: Pattern,
}

/// First person in English.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct EnglishPerson {
    #[serde(rename = "P1a")]
    pub p1a: Pattern,
    #[serde(rename = "P1b")]
    pub p1b: Pattern,
    #[serde(rename = "P1_es")]
    pub p1_es: Pattern,
    pub plain: Pattern,
}

/// First person in Spanish, which mostly drops "yo".
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct SpanishPerson {
    #[serde(rename = "P1")]
    pub p1: Pattern,
    #[serde(rename = "P1_en")]
    pub p1_en: Pattern,
    pub plain: Pattern,
}

/// What else a text may say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "UPPERCASE")]
pub struct Sense {
    /// A wish, reported: wants, says, quiere.
    pub d: Pattern,
    /// Someone else's wish.
    pub others: Pattern,
    /// Moving away from something.
    pub neg: Pattern,
    /// Toward what.
    pub toward: Pattern,
    /// Symptoms and treatment.
    pub symptom: Pattern,
    /// Daily life.
    pub life: Pattern,
    /// Attendance.
    pub attend: Pattern,
}

/// How strengths are written down.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StrengthText {
    /// An empty field.
    pub placeholder: Pattern,
    /// Taking part in treatment, told as a strength.
    pub treatment: Pattern,
    /// Phrases that could be anyone's.
    pub stock: Pattern,
}

/// How peer support is written down.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeerText {
    /// Clinical tasks.
    pub drift: Pattern,
    /// Involuntary measures.
    pub involuntary: Pattern,
}

impl Tables {
    /// Every pattern that has a twin, for the test that the twin finds at least as much.
    pub fn patterns(&self) -> Vec<&Pattern> {
        let (en, es) = (&self.en, &self.es);
        let (c, s) = (&en.clinician, &es.clinician);
        let mut all = vec![&self.common.placeholder, &self.common.words, &en.placeholder, &es.placeholder];
        all.extend([&c.c1a, &c.c1b, &c.c1b_not, &c.c2, &c.c3, &c.c4, &c.c5, &c.c6, &c.c7, &c.c8, &c.c9]);
        all.extend([&s.s1a, &s.s1b, &s.s3, &s.s4, &s.s5, &s.s8, &s.s9]);
        all.extend([&en.person.p1a, &en.person.p1b, &en.person.p1_es, &en.person.plain]);
        all.extend([&es.person.p1, &es.person.p1_en, &es.person.plain]);
        for sense in [&en.sense, &es.sense] {
            all.extend([
                &sense.d,
                &sense.others,
                &sense.neg,
                &sense.toward,
                &sense.symptom,
                &sense.life,
                &sense.attend,
            ]);
        }
        for strength in [&en.strength, &es.strength] {
            all.extend([&strength.placeholder, &strength.treatment, &strength.stock]);
        }
        for peer in [&en.peer, &es.peer] {
            all.extend([&peer.drift, &peer.involuntary]);
        }
        all.extend(self.first_person.values());
        all
    }
}

/// The tables.
pub fn tables() -> &'static Tables {
    static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
        common: parsed(include_str!("common.toml")),
        en: parsed(include_str!("en.toml")),
        es: parsed(include_str!("es.toml")),
        first_person: parsed(include_str!("first_person.toml")),
    });
    &TABLES
}

fn parsed<T: DeserializeOwned>(text: &str) -> T {
    toml::from_str(text).expect("the test of the marker tables above made sure that each file can be read")
}
