//! The write ladder: which rungs hold at a server, and why the highest one is taken. Pure.

use super::{
    Fault,
    record::{Ladder, Rung},
};
use crate::sync::{capability::Fitness, statement::Powers};

/// The rungs, what is written there, and the abilities of which one is needed.
const RUNGS: [(&str, &str, &[&str]); 5] = [
    ("A", "the plan as CarePlan, Goals and what belongs to them", &[]),
    ("B", "the plan as a document the person can read (DocumentReference)", &["DocumentReference.create"]),
    ("C", "the plan as answers to a questionnaire that the EHR holds", &["QuestionnaireResponse.create"]),
    ("D", "a notice with a link, without words of the plan", &["Communication.create", "Task.update"]),
    ("E", "a file in an outbound folder", &[]),
];

/// The rungs on which this version delivers.
const DELIVERED: [&str; 1] = ["A"];

/// The ladder. `fitness` is what delivering structured plans comes to.
pub(super) fn ladder(powers: Option<Powers<'_>>, fitness: Result<Fitness, Fault>) -> Ladder {
    let rungs = RUNGS.map(|(rung, what, needs)| {
        let (holds, why) = match rung {
            "A" => match fitness {
                Ok(_) => (true, "every type of a plan can be created and updated, in one transaction".to_owned()),
                Err(fault) => (false, fault.says().to_owned()),
            },
            "E" => (true, "needs no ability of the server".to_owned()),
            _ => one_of(powers, needs),
        };
        Rung { rung: rung.to_owned(), what: what.to_owned(), holds, why }
    });
    let taken = rungs.iter().find(|rung| rung.holds).expect("rung E in RUNGS above made sure that one holds");
    let delivers = DELIVERED.contains(&taken.rung.as_str());
    let (rung, why) = (taken.rung.clone(), taken.why.clone());
    Ladder { rung, why, delivers, rungs: rungs.into() }
}

fn one_of(powers: Option<Powers<'_>>, abilities: &[&str]) -> (bool, String) {
    let Some(powers) = powers else { return (false, "what the server can do is not known".to_owned()) };
    let told = abilities.iter().map(|ability| {
        let (can, by) = powers.can(ability);
        (can, format!("{ability}: {}, by {}", if can { "yes" } else { "no" }, by.in_words()))
    });
    let told: Vec<(bool, String)> = told.collect();
    let holds = told.iter().any(|(can, _)| *can);
    let why: Vec<String> = told.into_iter().filter(|(can, _)| *can == holds).map(|(_, why)| why).collect();
    (holds, why.join("; "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Fault, Fitness, Powers, ladder};
    use crate::{store::WriteMethod, sync::connection::Known};

    #[test]
    fn the_highest_rung_that_holds_is_taken() {
        let known = Known::default();
        let listing = |kinds: &[&str]| {
            let kinds: Vec<_> =
                kinds.iter().map(|kind| json!({ "type": kind, "interaction": [{ "code": "create" }] })).collect();
            json!({ "rest": [{ "mode": "server", "resource": kinds }] })
        };
        let fit = Ok(Fitness { method: WriteMethod::OwnIds, takes_provenance: true });
        let epic = ["DocumentReference", "QuestionnaireResponse", "Communication"];
        for (kinds, fitness, expected, delivers) in [
            (&epic[..], fit, "A", true),
            (&epic[..], Err(Fault::NoTransaction), "B", false),
            (&epic[1..], Err(Fault::NoMethod), "C", false),
            (&epic[2..], Err(Fault::ScopeMissing), "D", false),
            (&[], Err(Fault::NoMethod), "E", false),
        ] {
            let statement = listing(kinds);
            let powers = Powers { statement: &statement, scopes: None, known: &known, refused: &[] };
            let ladder = ladder(Some(powers), fitness);
            assert_eq!((ladder.rung.as_str(), ladder.delivers), (expected, delivers), "{kinds:?}");
            assert_eq!(ladder.rungs.len(), 5);
        }
    }
}
