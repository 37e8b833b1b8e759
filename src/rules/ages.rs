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
pub(super) enum Field {
    SmiSed,
    Employment,
    SchoolAttendance,
}

/// One line of the table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    field: Field,
    codes: Vec<String>,
    from: Option<i16>,
    below: Option<i16>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    expected: Vec<Expected>,
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
    pub(super) fn contradict(self, field: Field, answer: &Answer) -> bool {
        let Some(code) = answer.code.as_deref().filter(|_| answer.missing.is_none()) else { return false };
        let lines = table().expected.iter().filter(|line| line.field == field);
        lines.filter(|line| line.codes.iter().any(|known| known == code)).any(|line| {
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

fn table() -> &'static Table {
    static TABLE: LazyLock<Table> = LazyLock::new(|| {
        toml::from_str(include_str!("ages.toml"))
            .expect("the pages of DATA-007 and DATA-008 above made sure of the file")
    });
    &TABLE
}
