//! The write ladder: which rungs hold at a server, and why the highest one is taken. Pure.

use super::{
    Fault,
    record::{Ladder, Refusal, Rung},
};
use crate::{
    store::{self, PdfRefusal, RungRefused},
    sync::{capability::Fitness, connection::Rungs, statement::Powers},
};

/// The rungs, what is written there, and the abilities of which one is needed.
const RUNGS: [(store::Rung, &str, &[&str]); 5] = [
    (store::Rung::A, "the plan as CarePlan, Goals and what belongs to them", &[]),
    (store::Rung::B, "the plan as a document the person can read (DocumentReference)", &["DocumentReference.create"]),
    (store::Rung::C, "the plan as answers to a questionnaire that the EHR holds", &["QuestionnaireResponse.create"]),
    (store::Rung::D, "a notice with a link, without words of the plan", &["Communication.create", "Task.create"]),
    (store::Rung::E, "a file in an outbound folder", &[]),
];

/// How the PDF of a document is named among what was refused.
const PDF: &str = "B.pdf";

/// Where a connection stands on the ladder, as far as delivering needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sync) struct Standing {
    /// The rung that is taken.
    pub rung: store::Rung,
    /// Which rungs can be delivered on, in the order of the ladder.
    pub open: [bool; 5],
    /// What delivering structured plans comes to, where it can be done.
    pub fitness: Option<Fitness>,
    /// The resource that a notice is.
    pub notice: &'static str,
}

impl Standing {
    /// Where to go on when this rung is turned away.
    pub(in crate::sync) fn below(self) -> Option<Self> {
        let rung = store::Rung::ALL.into_iter().zip(self.open).find(|(rung, open)| *rung > self.rung && *open)?.0;
        Some(Self { rung, ..self })
    }
}

/// Where a connection stands: on the rung chosen for good, else on the highest that holds, is set up and was not turned away.
pub(in crate::sync) fn standing(
    powers: Powers<'_>,
    fitness: Result<Fitness, Fault>,
    rungs: &Rungs,
    refused: &[RungRefused],
) -> Result<Standing, Fault> {
    let notice = if powers.can("Communication.create").0 { "Communication" } else { "Task" };
    let here = |rung, open| Standing { rung, open, fitness: fitness.ok(), notice };
    if let Some(rung) = rungs.fixed() {
        let open = store::Rung::ALL.map(|one| one == rung);
        return if rung == store::Rung::A { fitness.map(|_| here(rung, open)) } else { Ok(here(rung, open)) };
    }
    let open = RUNGS.map(|(rung, _, needs)| {
        let holds = match rung {
            store::Rung::A => fitness.is_ok(),
            store::Rung::E => true,
            _ => needs.iter().any(|ability| powers.can(ability).0),
        };
        holds && rungs.lacks(rung).is_none() && refused.iter().all(|one| one.rung != rung)
    });
    let taken = store::Rung::ALL.into_iter().zip(open).find(|(_, open)| *open);
    taken.map(|(rung, _)| here(rung, open)).ok_or_else(|| fitness.err().unwrap_or(Fault::NoRung))
}

/// The ladder for people. `fitness` is what delivering structured plans comes to.
pub(super) fn ladder(
    powers: Option<Powers<'_>>,
    fitness: Result<Fitness, Fault>,
    rungs: &Rungs,
    refused: &[RungRefused],
) -> Ladder {
    let standing = powers.and_then(|powers| standing(powers, fitness, rungs, refused).ok());
    let told = RUNGS.map(|(rung, what, needs)| {
        let (mut holds, mut why) = match rung {
            store::Rung::A => match fitness {
                Ok(_) => (true, "every type of a plan can be created and updated, in one transaction".to_owned()),
                Err(fault) => (false, fault.says().to_owned()),
            },
            store::Rung::E => (true, "needs no ability of the server".to_owned()),
            _ => one_of(powers, needs),
        };
        if let Some(met) = refused.iter().find(|one| one.rung == rung) {
            let day = met.at.strftime("%Y-%m-%d");
            (holds, why) = (false, format!("deliveries met HTTP {} there on {day}", met.status));
        }
        if let Some(lacks) = rungs.lacks(rung).filter(|_| holds) {
            why = format!("{why}, but {lacks} is not set");
        }
        if rungs.fixed() == Some(rung) {
            (holds, why) = (true, "the connection's file says so".to_owned());
        }
        Rung { rung: rung.as_str().to_owned(), what: what.to_owned(), holds, why }
    });
    let by_standing = standing.and_then(|standing| told.iter().find(|one| one.rung == standing.rung.as_str()));
    let taken = by_standing.or_else(|| told.iter().find(|rung| rung.holds));
    let taken = taken.expect("rung E in RUNGS above made sure that one holds");
    let (rung, why) = (taken.rung.clone(), taken.why.clone());
    Ladder {
        rung,
        why,
        delivers: standing.is_some(),
        rungs: told.into(),
        refused: refused.iter().map(refusal).collect(),
    }
}

/// Says that documents go without their PDF, and why.
pub(super) fn without_pdf(ladder: &mut Ladder, met: PdfRefusal) {
    let document = ladder.rungs.iter_mut().find(|one| one.rung == store::Rung::B.as_str());
    if let Some(rung) = document.filter(|rung| rung.holds) {
        let day = met.at.strftime("%Y-%m-%d");
        rung.why = format!("{}; as text alone, since the PDF met HTTP {} on {day}", rung.why, met.status);
        if ladder.rung == rung.rung {
            ladder.why.clone_from(&rung.why);
        }
    }
    let at = met.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    ladder.refused.push(Refusal { rung: PDF.to_owned(), status: met.status, at });
}

fn refusal(met: &RungRefused) -> Refusal {
    Refusal {
        rung: met.rung.as_str().to_owned(),
        status: met.status,
        at: met.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    }
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

    use super::{Fault, Fitness, Powers, RungRefused, Rungs, ladder, standing, store::Rung};
    use crate::{
        store::WriteMethod,
        sync::connection::{Known, RungChoice},
    };

    #[test]
    fn the_highest_rung_that_holds_is_taken() {
        let known = Known::default();
        let listing = |kinds: &[&str]| {
            let kinds: Vec<_> =
                kinds.iter().map(|kind| json!({ "type": kind, "interaction": [{ "code": "create" }] })).collect();
            json!({ "rest": [{ "mode": "server", "resource": kinds }] })
        };
        let fit = Ok(Fitness { method: WriteMethod::OwnIds, takes: [true; 4] });
        let epic = ["DocumentReference", "QuestionnaireResponse", "Communication"];
        let mut set_up = Rungs::default();
        set_up.notice.link = "https://ehr.example.org/{plan}".to_owned();
        let at = "2026-11-25T12:00:00Z".parse().expect("a moment");
        let refused = [Rung::A, Rung::B].map(|rung| RungRefused { rung, status: 405, at });
        for (kinds, fitness, refused, expected, delivers) in [
            (&epic[..], fit, &[][..], "A", true),
            (&epic[..], Err(Fault::NoTransaction), &[], "B", true),
            (&epic[..], fit, &refused[..1], "B", true),
            (&epic[..], fit, &refused, "D", true),
            // A questionnaire is not set up, a notice is.
            (&epic[1..], Err(Fault::NoMethod), &[], "D", true),
            (&epic[2..], Err(Fault::ScopeMissing), &[], "D", true),
            (&[], Err(Fault::NoMethod), &[], "E", false),
        ] {
            let statement = listing(kinds);
            let powers = Powers { statement: &statement, scopes: None, known: &known, refused: &[] };
            let ladder = ladder(Some(powers), fitness, &set_up, refused);
            assert_eq!((ladder.rung.as_str(), ladder.delivers), (expected, delivers), "{kinds:?}");
            assert_eq!((ladder.rungs.len(), ladder.refused.len()), (5, refused.len()));
            let standing = standing(powers, fitness, &set_up, refused).map(|standing| standing.rung.as_str());
            assert_eq!(standing.ok(), delivers.then_some(expected), "{kinds:?}");
        }
        let statement = listing(&epic);
        let powers = Powers { statement: &statement, scopes: None, known: &known, refused: &[] };
        let fixed = Rungs { choice: RungChoice::D, ..set_up };
        let standing = standing(powers, fit, &fixed, &[]).expect("a rung");
        assert_eq!((standing.rung, standing.below()), (Rung::D, None), "what a person chose does not fall");
    }
}
