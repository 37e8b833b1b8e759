//! Marks: what a resource says, as far as a search that names nobody may ask for it, each as a number. What lacks the mark of a
//! criterion does not fit it, whereas what has it may: numbers of different things can be the same.
//!
//! Marks are kept, so that what makes them must not change without their being made anew.

use std::collections::BTreeSet;

use serde_json::Value;
use uuid::Uuid;

use super::{
    Asked, Criterion,
    moment::{Prefix, Stretch, When},
    table::{Form, Parameter, Searched},
    wanted::{How, Wanted, elements, folded, pointed_to, texts, tokens},
};

/// A mark.
pub type Mark = u32;

/// Of a text its first letters are marked, up to each of these lengths.
const BEGINNINGS: [usize; 3] = [12, 6, 3];

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// Types whose resources more than one person's plans point to. What points elsewhere is found beside what it points to.
const SHARED: [&str; 4] = ["Organization", "Practitioner", "PractitionerRole", "RelatedPerson"];

/// The marks of a resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Each of them.
    pub all: BTreeSet<Mark>,
    /// Those of them of which is kept how many resources have it: of codes, which many share.
    pub counted: BTreeSet<Mark>,
}

/// The marks of a resource.
pub fn marks(searched: &'static Searched, resource: &Value) -> Marks {
    let mut marks = Marks::default();
    for parameter in searched.parameters.iter().filter(|one| one.points_somewhere()) {
        let mark = |value: &str| number(searched, parameter, value);
        let mut found = BTreeSet::new();
        for element in elements(resource, parameter) {
            match parameter.form {
                Form::Token => found.extend(tokens(element).filter(|code| !is_ours(code)).map(mark)),
                Form::Text => {
                    for text in texts(element).map(folded) {
                        found.extend(BEGINNINGS.iter().filter_map(|many| beginning(&text, *many)).map(mark));
                    }
                }
                Form::Date => found.extend(Stretch::of_element(element).and_then(day).map(|day| mark(&day))),
                Form::Reference => {
                    let pointed = element.get("reference").and_then(Value::as_str).and_then(pointed_to);
                    found.extend(pointed.filter(|(kind, _)| SHARED.contains(kind)).map(|(_, id)| mark(id)));
                }
            }
        }
        if is_counted(parameter) {
            marks.counted.extend(&found);
        }
        marks.all.append(&mut found);
    }
    marks
}

/// Whether is kept how many resources have its marks. Next to none share an identifier.
fn is_counted(parameter: &Parameter) -> bool {
    parameter.form == Form::Token && parameter.name != "identifier"
}

impl Asked {
    /// Of each of these lists whatever fits has a mark; what is asked beside them has none.
    pub fn marks(&self) -> Vec<Vec<Mark>> {
        self.criteria.iter().filter_map(|criterion| criterion.marks(self.searched)).collect()
    }

    /// The one mark that is all that is asked for, where it is one that is counted: whatever has it fits.
    pub fn only_mark(&self) -> Option<Mark> {
        let is_all = self.ids.is_none() && self.changed.is_empty();
        let [Criterion { parameter, any_of }] = &self.criteria[..] else { return None };
        let [wanted] = &any_of[..] else { return None };
        let is_it = is_all && wanted.is_any_code() && is_counted(parameter);
        mark(self.searched, parameter, wanted).filter(|_| is_it)
    }

    /// The resources of somebody that whatever fits points to: who they are about says where to look.
    pub fn pointed_to(&self) -> Option<Vec<Uuid>> {
        let of_somebody = |wanted: &Wanted| match wanted {
            Wanted::Reference { kind: Some(kind), id }
                if Searched::named(kind).is_some() && !SHARED.contains(&kind.as_str()) && kind != "Patient" =>
            {
                Uuid::try_parse(id).ok()
            }
            _ => None,
        };
        self.criteria.iter().find_map(|criterion| criterion.any_of.iter().map(of_somebody).collect())
    }

    /// The ids that are pointed to without a type.
    pub fn untyped(&self) -> Vec<Uuid> {
        let all = self.criteria.iter().flat_map(|criterion| &criterion.any_of);
        all.filter_map(|wanted| match wanted {
            Wanted::Reference { kind: None, id } => Uuid::try_parse(id).ok(),
            _ => None,
        })
        .collect()
    }

    /// Says the type of what is pointed to by an id alone: the one that it has here.
    pub fn say_type(&mut self, named: Uuid, is: &str) {
        for wanted in self.criteria.iter_mut().flat_map(|criterion| &mut criterion.any_of) {
            if let Wanted::Reference { kind: kind @ None, id } = wanted
                && Uuid::try_parse(id) == Ok(named)
            {
                *kind = Some(is.to_owned());
            }
        }
    }
}

impl Criterion {
    /// Marks of which whatever fits has one; none where that is not known.
    fn marks(&self, searched: &'static Searched) -> Option<Vec<Mark>> {
        let is_of_nothing = !self.parameter.points_somewhere();
        self.any_of.iter().map(|wanted| mark(searched, self.parameter, wanted).filter(|_| !is_of_nothing)).collect()
    }
}

/// The mark of whatever is wanted; none where it has none of its own.
fn mark(searched: &'static Searched, parameter: &Parameter, wanted: &Wanted) -> Option<Mark> {
    let value = match wanted {
        Wanted::Token { code, .. } if !code.is_empty() && !is_ours(code) => code.clone(),
        Wanted::Text { how: How::Begins | How::Exact, text } => {
            let text = folded(text);
            BEGINNINGS.iter().find_map(|many| beginning(&text, *many)).map(str::to_owned)?
        }
        Wanted::When(When { prefix: Prefix::Eq, time }) => day(*time)?,
        Wanted::Reference { kind: Some(kind), id } if SHARED.contains(&kind.as_str()) => id.clone(),
        _ => return None,
    };
    Some(number(searched, parameter, &value))
}

/// Ids of ours that a resource says of itself: each is one resource's, which is looked up by it.
fn is_ours(code: &str) -> bool {
    code.starts_with("urn:uuid:")
}

/// The first letters of a text; none where it has fewer.
fn beginning(text: &str, many: usize) -> Option<&str> {
    let (last, letter) = text.char_indices().nth(many - 1)?;
    Some(&text[..last + letter.len_utf8()])
}

/// The day in which a time lies whole.
fn day(time: Stretch) -> Option<String> {
    let first = time.start.div_euclid(DAY);
    let is_within = time.start > i64::MIN && time.end <= first.saturating_add(1).saturating_mul(DAY);
    is_within.then(|| first.to_string())
}

/// FNV-1a: the same on every machine.
fn number(searched: &'static Searched, parameter: &Parameter, value: &str) -> Mark {
    const START: u32 = 0x811c_9dc5;
    const PRIME: u32 = 0x0100_0193;
    let parts = [searched.kind, "\0", parameter.name, "\0", value];
    let bytes = parts.iter().flat_map(|part| part.bytes());
    bytes.fold(START, |number, byte| (number ^ u32::from(byte)).wrapping_mul(PRIME))
}
