//! Age at the start of a plan, and the table of ages at which an answer on a person's status is expected.
//!
//! The table is the state's own: its SMI and SED ages differ from state to state, and even inside one state's guide.

use std::sync::LazyLock;

use jiff::{ToSpan, civil::Date};
use serde::Deserialize;

use crate::plan::{
    Plan,
    date::PlanDate,
    people::{Answer, PersonStatus},
};

/// The ages a person may have at the start of a plan: two when the birth date is known in part only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ages {
    least: i16,
    most: i16,
}

/// Answers on a person's status that have an age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Serious mental illness or serious emotional disturbance.
    SmiSed,
    /// Employment.
    Employment,
    /// Whether the person goes to school.
    SchoolAttendance,
}

/// One line of the table: at which ages, in whole years, an answer is expected.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The question.
    pub field: Field,
    /// Neutral codes of the answer.
    pub codes: Vec<String>,
    /// The first age at which it is expected.
    pub from: Option<i16>,
    /// The first age at which it is no more.
    pub below: Option<i16>,
}

/// At which ages which answers are expected.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgeTable {
    expected: Vec<Expected>,
}

impl Expected {
    /// What is wrong with the line, for whoever wrote it.
    pub fn fault(&self) -> Option<&'static str> {
        match (self.from, self.below) {
            _ if self.codes.is_empty() => Some("codes names at least one answer"),
            (None, None) => Some("from or below says at which age the answer is expected"),
            (Some(from), Some(below)) if from >= below => Some("from is less than below"),
            (from, below) if from.into_iter().chain(below).any(|age| !(0..=150).contains(&age)) => {
                Some("ages are whole years from 0 to 150")
            }
            _ => None,
        }
    }
}

impl AgeTable {
    /// The table for states that have none of their own.
    pub fn built_in() -> &'static Self {
        static TABLE: LazyLock<AgeTable> = LazyLock::new(|| {
            let table = toml::from_str(include_str!("ages.toml"));
            table.expect("the pages of DATA-007 and DATA-008 above made sure of the file")
        });
        &TABLE
    }

    /// This table with a state's lines: a question of which the state says anything is the state's alone.
    #[must_use]
    pub fn with(&self, own: &[Expected]) -> Self {
        let says_nothing = |line: &&Expected| own.iter().all(|other| other.field != line.field);
        Self { expected: self.expected.iter().filter(says_nothing).chain(own).cloned().collect() }
    }

    fn of(&self, field: Field) -> impl Iterator<Item = &Expected> {
        self.expected.iter().filter(move |line| line.field == field)
    }
}

impl Ages {
    /// From birth date and start of the plan; nothing when one is missing, is no date, or the start is before the birth.
    pub(super) fn at_start(plan: &Plan) -> Option<Self> {
        let birth = plan.person.birth_date.as_ref()?;
        let (first, start) = (birth.day()?, plan.period.start.as_ref().and_then(PlanDate::day)?);
        let ages = Self { least: years(last_day(birth, first)?, start), most: years(first, start) };
        (ages.least >= 0).then_some(ages)
    }

    /// Whether the person is certainly of another age than the table expects with this answer.
    pub(super) fn contradict(self, table: &AgeTable, field: Field, answer: &Answer) -> bool {
        let Some(code) = answer.code.as_deref().filter(|_| answer.missing.is_none()) else { return false };
        table.of(field).filter(|line| line.codes.iter().any(|known| known == code)).any(|line| {
            line.from.is_some_and(|from| self.most < from) || line.below.is_some_and(|below| self.least >= below)
        })
    }
}

impl Field {
    /// The answer.
    pub(super) fn of(self, status: &PersonStatus) -> Option<&Answer> {
        match self {
            Self::SmiSed => status.smi_sed.as_ref(),
            Self::Employment => status.employment.as_ref(),
            Self::SchoolAttendance => status.school_attendance.as_ref(),
        }
    }
}

/// The last day that a birth date may mean.
fn last_day(date: &PlanDate, first: Date) -> Option<Date> {
    match date.date_part()?.len() {
        4 => Some(first.last_of_year()),
        7 => Some(first.last_of_month()),
        _ => Some(first),
    }
}

/// Whole years from one day to another.
fn years(birth: Date, on: Date) -> i16 {
    let full = on.year() - birth.year();
    let birthday = birth.checked_add(i64::from(full).years()).unwrap_or(on);
    if birthday > on { full - 1 } else { full }
}
