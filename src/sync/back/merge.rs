//! The three-way merge of one resource, field by field: what both agreed on last (`base`), the plan as we keep it (`ours`), and
//! what the EHR says (`theirs`). Pure, and the same for the same three.
//!
//! An EHR's text never takes the place of the person's: it is kept beside. What the EHR does not say is no deletion. A status
//! that withdraws the resource is a sign for people to look, and carries nothing else with it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    echo::is_as_kept,
    field::{Field, Owner, fields, status_element},
};
use crate::{fhir::Part, words::Words};

/// Why a person has to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The EHR's text differs from the person's.
    PersonsWords,
    /// Both sides changed it since they agreed.
    BothChanged,
    /// The plan has no such value.
    NotInPlan,
    /// The EHR says that it was entered in error.
    EnteredInError,
    /// The EHR called it off.
    Cancelled,
    /// It is no longer at the EHR.
    Gone,
    /// With the EHR's value the plan would be sent back.
    NotAccepted,
}

impl Reason {
    /// As the store and the API say it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PersonsWords => "persons-words",
            Self::BothChanged => "both-changed",
            Self::NotInPlan => "not-in-plan",
            Self::EnteredInError => "entered-in-error",
            Self::Cancelled => "cancelled",
            Self::Gone => "gone",
            Self::NotAccepted => "not-accepted",
        }
    }
}

/// A value of the EHR's that the plan takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The field, a JSON pointer from the part of the plan.
    pub field: &'static str,
    /// The value, as the plan says it.
    pub value: Words,
    /// What the three say.
    pub says: Says,
}

/// A value of the EHR's that is kept beside the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// The field, a JSON pointer from the part of the plan.
    pub field: &'static str,
    /// Why.
    pub reason: Reason,
    /// What the three say.
    pub says: Says,
}

/// What the three say of a field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Says {
    /// What both agreed on last.
    pub base: Option<Words>,
    /// What we keep.
    pub ours: Option<Words>,
    /// What the EHR says.
    pub theirs: Option<Words>,
}

/// What a merge comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// What the plan takes.
    pub taken: Vec<Taken>,
    /// What is kept beside.
    pub beside: Vec<Beside>,
    /// Fields on which both say the same.
    pub agreed: Vec<&'static str>,
    /// The EHR withdrew the resource.
    pub sign: Option<Reason>,
}

/// Merges one resource. `is_persons`: its text is the person's own.
pub fn merge(part: Part, is_persons: bool, base: &Value, ours: &Value, theirs: &Value) -> Merged {
    if let Some(sign) = sign(part, base, ours, theirs) {
        return Merged { sign: Some(sign), ..Merged::default() };
    }
    let mut merged = Merged::default();
    for field in fields(part) {
        merge_field(field, is_persons, [base, ours, theirs].map(|one| said(one, field.element)), &mut merged);
    }
    merged
}

/// Puts a value into the plan, making the groups on the way.
pub fn set(plan: &mut Value, pointer: &str, value: Value) -> bool {
    let mut here = plan;
    for step in pointer.split('/').skip(1) {
        here = match here {
            Value::Array(items) => match step.parse::<usize>().ok().and_then(|at| items.get_mut(at)) {
                Some(item) => item,
                None => return false,
            },
            Value::Object(members) => members.entry(step).or_insert(Value::Null),
            Value::Null => {
                *here = Value::Object(Map::new());
                let Value::Object(members) = here else { return false };
                members.entry(step).or_insert(Value::Null)
            }
            _ => return false,
        };
    }
    *here = value;
    true
}

/// Whether the EHR withdrew the resource; not when it stands so with us too.
fn sign(part: Part, base: &Value, ours: &Value, theirs: &Value) -> Option<Reason> {
    let status = |one: &Value| one[status_element(part)].as_str().map(str::to_owned);
    let theirs = status(theirs)?;
    if Some(&theirs) == status(ours).as_ref() || Some(&theirs) == status(base).as_ref() && theirs != "entered-in-error"
    {
        return None;
    }
    match theirs.as_str() {
        "entered-in-error" => Some(Reason::EnteredInError),
        "cancelled" | "rejected" => Some(Reason::Cancelled),
        _ => None,
    }
}

fn merge_field(field: &Field, is_persons: bool, [base, ours, theirs]: [Option<&str>; 3], merged: &mut Merged) {
    let Some(value) = theirs else { return };
    if theirs == ours {
        merged.agreed.push(field.name);
        return;
    }
    let as_kept = |one: Option<&str>| one == theirs || field.is_text() && one.is_some_and(|one| is_as_kept(one, value));
    if as_kept(base) || as_kept(ours) {
        return;
    }
    let says = Says { base: base.map(Words::from), ours: ours.map(Words::from), theirs: Some(value.into()) };
    let reason = match (field.owner(is_persons), field.in_plan(value)) {
        (Owner::Person, _) => Reason::PersonsWords,
        (Owner::Shared, Some(value)) if ours == base => {
            merged.taken.push(Taken { field: field.name, value: value.into(), says });
            return;
        }
        (Owner::Shared, Some(_)) => Reason::BothChanged,
        (Owner::Shared, None) => Reason::NotInPlan,
    };
    merged.beside.push(Beside { field: field.name, reason, says });
}

/// What a resource says in an element; nothing where it is blank.
fn said<'r>(resource: &'r Value, element: &str) -> Option<&'r str> {
    resource.pointer(element)?.as_str().filter(|text| !text.trim().is_empty())
}
