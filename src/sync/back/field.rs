//! The fields that may come back changed: where each stands in the resource and in the plan, and who owns it. Everything else
//! of a resource is the person's or ours and is not taken from an EHR.

use crate::{fhir::Part, plan::date::PlanDate};

/// Who decides what a field says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The person: what an EHR says differently is kept beside.
    Person,
    /// Both: who changed it since both agreed; if both did, a person decides.
    Shared,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Text,
    Date,
    /// FHIR's code and the plan's.
    Code(&'static [(&'static str, &'static str)]),
}

/// A field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// JSON pointer from the part of the plan.
    pub name: &'static str,
    /// JSON pointer in the resource.
    pub element: &'static str,
    owner: Owner,
    holds: Holds,
}

impl Field {
    /// Who decides. A goal that professionals expressed is not the person's.
    pub fn owner(&self, is_persons: bool) -> Owner {
        if self.owner == Owner::Person && !is_persons { Owner::Shared } else { self.owner }
    }

    /// Whether it holds text.
    pub fn is_text(&self) -> bool {
        self.holds == Holds::Text
    }

    /// The value as the plan says it; none when the plan has no such value.
    pub fn in_plan(&self, value: &str) -> Option<String> {
        match self.holds {
            Holds::Text => Some(value.to_owned()),
            Holds::Date => PlanDate::from(value).is_valid().then(|| value.to_owned()),
            Holds::Code(codes) => codes.iter().find(|(theirs, _)| *theirs == value).map(|(_, ours)| (*ours).to_owned()),
        }
    }
}

/// The fields of a part of the plan.
pub fn fields(part: Part) -> &'static [Field] {
    match part {
        Part::Plan => PLAN,
        Part::Goal => GOAL,
        Part::Objective => OBJECTIVE,
        Part::Transition => TRANSITION,
        Part::Told => TOLD,
        Part::Service => SERVICE,
    }
}

/// Where a part's status stands in its resource.
pub fn status_element(part: Part) -> &'static str {
    match part {
        Part::Goal | Part::Objective | Part::Transition => "lifecycleStatus",
        Part::Plan | Part::Told | Part::Service => "status",
    }
}

const fn field(name: &'static str, element: &'static str, owner: Owner, holds: Holds) -> Field {
    Field { name, element, owner, holds }
}

const PLAN: &[Field] = &[
    field("/status", "/status", Owner::Shared, Holds::Code(PLAN_STATUS)),
    field("/period/start", "/period/start", Owner::Shared, Holds::Date),
    field("/period/end", "/period/end", Owner::Shared, Holds::Date),
];
const GOAL: &[Field] = &[
    field("/statement/text", "/description/text", Owner::Person, Holds::Text),
    field("/status", "/lifecycleStatus", Owner::Shared, Holds::Code(GOAL_STATUS)),
    field("/start_date", "/startDate", Owner::Shared, Holds::Date),
    field("/target_date", "/target/0/dueDate", Owner::Shared, Holds::Date),
    field("/achievement/code", "/achievementStatus/coding/0/code", Owner::Shared, Holds::Code(ACHIEVEMENT)),
];
const OBJECTIVE: &[Field] = &[
    field("/text", "/description/text", Owner::Shared, Holds::Text),
    field("/status", "/lifecycleStatus", Owner::Shared, Holds::Code(GOAL_STATUS)),
    field("/measure", "/target/0/measure/text", Owner::Shared, Holds::Text),
    field("/due_date", "/target/0/dueDate", Owner::Shared, Holds::Date),
];
const TRANSITION: &[Field] = &[field("/criteria_text", "/description/text", Owner::Person, Holds::Text)];
const TOLD: &[Field] = &[field("", "/valueString", Owner::Person, Holds::Text)];
const SERVICE: &[Field] = &[
    field("/text", "/code/text", Owner::Shared, Holds::Text),
    field("/status", "/status", Owner::Shared, Holds::Code(SERVICE_STATUS)),
];

const PLAN_STATUS: &[(&str, &str)] = &[
    ("draft", "draft"),
    ("active", "active"),
    ("on-hold", "on-hold"),
    ("revoked", "revoked"),
    ("completed", "completed"),
    ("unknown", "unknown"),
];
const GOAL_STATUS: &[(&str, &str)] = &[
    ("proposed", "proposed"),
    ("planned", "proposed"),
    ("accepted", "active"),
    ("active", "active"),
    ("on-hold", "on-hold"),
    ("completed", "achieved"),
];
const SERVICE_STATUS: &[(&str, &str)] = &[
    ("draft", "planned"),
    ("active", "under-way"),
    ("on-hold", "paused"),
    ("revoked", "stopped"),
    ("completed", "done"),
];
const ACHIEVEMENT: &[(&str, &str)] = &[
    ("in-progress", "in-progress"),
    ("improving", "improving"),
    ("worsening", "worsening"),
    ("no-change", "no-change"),
    ("achieved", "achieved"),
    ("sustaining", "sustaining"),
    ("not-achieved", "not-achieved"),
    ("no-progress", "no-progress"),
    ("not-attainable", "not-attainable"),
];
