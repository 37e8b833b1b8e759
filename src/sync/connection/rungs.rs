//! Which rung of the write ladder a connection takes, and what the rungs below the structured one need to know. A rung that
//! is not set up here is passed over.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::store::Rung;

/// The rung: the highest that works, or one for good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub enum RungChoice {
    /// The highest that works; it falls when the server shows that one is not to be had.
    #[default]
    #[serde(rename = "auto")]
    Auto,
    /// Structured.
    A,
    /// A document.
    B,
    /// Answers to a questionnaire.
    C,
    /// A notice.
    D,
    /// Files.
    E,
}

/// Rung B.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct DocumentFile {
    /// Type of the document there, as `system|code`; some servers take only a common note, such as `http://loinc.org|11506-3`.
    pub r#type: String,
    /// Who wrote it, as a reference there, such as `Practitioner/12`; empty: the agency, which rides along.
    pub author: String,
    /// Media type of the text.
    pub content_type: String,
    /// Whether the same in large print, a PDF, goes with the text.
    pub pdf: bool,
}

impl Default for DocumentFile {
    fn default() -> Self {
        Self {
            r#type: "http://loinc.org|18776-5".to_owned(),
            author: String::new(),
            content_type: "text/plain; charset=utf-8".to_owned(),
            pdf: true,
        }
    }
}

/// Rung C: the questionnaire, and which question takes what; an empty one is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct QuestionnaireFile {
    /// Its canonical address.
    pub url: String,
    /// The question that takes each goal in the person's words.
    pub goals: String,
    /// The question that takes each strength.
    pub strengths: String,
    /// The question that takes the whole readable plan.
    pub plan: String,
}

/// Rung D.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct NoticeFile {
    /// Where staff read the plan; `{plan}` becomes our id of it, `{version}` its number.
    pub link: String,
}

/// Rung E.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct OutboundFile {
    /// The folder that files are laid down in.
    pub folder: PathBuf,
    /// Whether the FHIR Bundle is laid down, too.
    pub fhir: bool,
    /// Whether the copy in large print, a PDF, is laid down, too.
    pub pdf: bool,
}

impl Default for OutboundFile {
    fn default() -> Self {
        Self { folder: PathBuf::new(), fhir: false, pdf: true }
    }
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub(in crate::sync) struct Rungs {
    pub choice: RungChoice,
    pub person_system: String,
    pub document: DocumentFile,
    pub questionnaire: QuestionnaireFile,
    pub notice: NoticeFile,
    pub outbound: OutboundFile,
}

impl Rungs {
    /// What is missing for a rung, if anything.
    pub(in crate::sync) fn lacks(&self, rung: Rung) -> Option<&'static str> {
        let (is_there, key) = match rung {
            Rung::A | Rung::B => return None,
            Rung::C => {
                let asks = [&self.questionnaire.goals, &self.questionnaire.strengths, &self.questionnaire.plan];
                let is_there = !self.questionnaire.url.is_empty() && asks.iter().any(|question| !question.is_empty());
                (is_there, "questionnaire.url and a question")
            }
            Rung::D => (!self.notice.link.is_empty(), "notice.link"),
            Rung::E => (!self.outbound.folder.as_os_str().is_empty(), "outbound.folder"),
        };
        (!is_there).then_some(key)
    }

    /// The one rung that was chosen for good.
    pub(in crate::sync) fn fixed(&self) -> Option<Rung> {
        match self.choice {
            RungChoice::Auto => None,
            RungChoice::A => Some(Rung::A),
            RungChoice::B => Some(Rung::B),
            RungChoice::C => Some(Rung::C),
            RungChoice::D => Some(Rung::D),
            RungChoice::E => Some(Rung::E),
        }
    }
}
