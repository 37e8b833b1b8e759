//! How objectives and a peer's steps are worded: attendance as a measure, a clinician's task, an involuntary measure.

use super::{About, Language, Text, tables::tables};
use crate::words::Words;

/// Whether a text measures attendance or following treatment.
pub(crate) fn measures_attendance(words: &Words, primary_language: Option<&str>) -> bool {
    let tables = tables();
    let text = Text::of(words.reveal());
    let language = Language::of(&text, &About { primary_language, ..About::default() }, tables);
    let (en, es) = (&tables.en, &tables.es);
    let english = || en.clinician.c3.is_in(&text) || en.sense.attend.is_in(&text);
    let spanish = || es.clinician.s3.is_in(&text) || es.sense.attend.is_in(&text);
    match language {
        Language::English => english(),
        Language::Spanish => english() || spanish(),
        Language::Other => false,
    }
}

/// Whether a peer's step reads like a clinician's task; in English or Spanish, whichever the record is in.
pub(crate) fn is_clinical_task(words: &Words) -> bool {
    let (tables, text) = (tables(), Text::of(words.reveal()));
    tables.en.peer.drift.is_in(&text) || tables.es.peer.drift.is_in(&text)
}

/// Whether a step is about an involuntary measure; in English or Spanish, whichever the record is in.
pub(crate) fn is_involuntary(words: &Words) -> bool {
    let (tables, text) = (tables(), Text::of(words.reveal()));
    tables.en.peer.involuntary.is_in(&text) || tables.es.peer.involuntary.is_in(&text)
}
