//! What is kept of long statements: hashes that need the agency's key, whose newest plans have them, and nothing to read.
//!
//! `wording` has a statement's hashes once, however many people have it; `wording_mark` finds those that may say the same;
//! `wording_of` says whose they are. They are written in the transaction that keeps the plan, and go when the plan says
//! something else or the person's are to be forgotten.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{
    Store, StoreError,
    decide::Changes,
    dialect::Dialect,
    driver::{Aside, Columns, Statement, Value},
    keep::json,
    prepare::hex,
    rows::{damaged, parsed},
};
use crate::rules::sameness::{Shingles, Wording};

/// A statement that the store holds.
#[derive(Clone, Debug)]
pub struct KeptWording {
    /// Its hashes.
    pub shingles: Shingles,
    /// People whose plans have it: three of them, where there are more.
    pub people: Vec<String>,
}

/// A statement made ready for its rows.
pub(super) struct PreparedWording {
    digest: String,
    shingles: Vec<u8>,
    marks: Vec<i64>,
}

impl PreparedWording {
    pub(super) fn of(agency: &str, wording: &Wording) -> Self {
        let shingles = wording.shingles.bytes();
        let mut hash = Sha256::new();
        hash.update(agency.len().to_le_bytes());
        hash.update(agency);
        hash.update(&shingles);
        let digest = hex(&hash.finalize()[..16]);
        Self { digest, shingles, marks: wording.marks.clone() }
    }
}

/// The lists of the statements that write what changed, said once so that they can be bound.
#[derive(Default)]
pub(super) struct Lists {
    rewritten: Option<String>,
    written: Option<Written>,
}

struct Written {
    wordings: String,
    marks: String,
    people: String,
    aside: Aside,
}

impl Lists {
    pub(super) fn of(changes: &Changes<'_>) -> Self {
        let rewritten = (!changes.rewritten.is_empty()).then(|| json(&changes.rewritten));
        let lines = || changes.wordings.iter().flat_map(|line| line.wordings.iter().map(move |one| (line, one)));
        if lines().next().is_none() {
            return Self { rewritten, written: None };
        }
        let mut aside = Aside::default();
        let wording = |(agency, one): (&str, &PreparedWording), aside: &mut Aside| {
            let (start, length) = aside.add(&one.shingles);
            json(&(agency, &one.digest, start, length))
        };
        // In the order of their digests, so that two writers meet in the same order.
        let mut ordered: Vec<_> = lines().map(|(line, one)| (line.agency, one)).collect();
        ordered.sort_by(|one, other| one.1.digest.cmp(&other.1.digest));
        ordered.dedup_by(|one, other| one.1.digest == other.1.digest);
        let marks = ordered.iter().map(|(_, one)| (&one.digest, &one.marks));
        let written = Written {
            marks: json(&marks.collect::<Vec<_>>()),
            people: json(&lines().map(|(line, one)| (&one.digest, line.person_id, line.plan_key)).collect::<Vec<_>>()),
            wordings: listed(ordered.iter().map(|one| wording(*one, &mut aside))),
            aside,
        };
        Self { rewritten, written: Some(written) }
    }

    /// What to run, in this order.
    pub(super) fn statements<'l>(&'l self, dialect: &'static Dialect) -> Vec<Statement<'l>> {
        let mut statements: Vec<Statement<'l>> = Vec::new();
        if let Some(rewritten) = &self.rewritten {
            statements.push((dialect.drop_wordings, vec![Value::Text(rewritten)]));
            statements.push((dialect.leave_wordings, vec![Value::Text(rewritten)]));
        }
        if let Some(written) = &self.written {
            statements.push((dialect.wordings, vec![Value::Text(&written.wordings), written.aside.value()]));
            statements.push((dialect.wording_marks, vec![Value::Text(&written.marks)]));
            statements.push((dialect.wording_people, vec![Value::Text(&written.people)]));
        }
        statements
    }
}

fn listed(lines: impl Iterator<Item = String>) -> String {
    format!("[{}]", lines.collect::<Vec<_>>().join(","))
}

impl Store {
    /// The statements of an agency's newest plans that may say the same as one of these; whether they do, their hashes tell.
    pub async fn wordings_like(&self, agency: &str, all: &[&Wording]) -> Result<Vec<KeptWording>, StoreError> {
        Ok(self.beside(agency, all, &[]).await?.wordings)
    }

    /// Forgets the statements of a person, hashes and all; how many there were. A statement that other people have too stays
    /// as theirs. A plan of the person that is received later is looked at again.
    pub async fn forget_words(&self, agency: &str, person_id: &str) -> Result<u64, StoreError> {
        let values = [Value::Text(agency), Value::Text(person_id)];
        let mut tx = self.pool.begin().await?;
        let forgotten = tx.change(FORGET, &values).await?;
        tx.change(FORGET_UNSAID, &values[..1]).await?;
        tx.commit().await?;
        Ok(forgotten)
    }
}

/// What of a list finds its like.
pub(super) fn looked_for(all: &[&Wording]) -> Option<String> {
    (!all.is_empty()).then(|| json(&all.iter().flat_map(|one| wanted(one)).collect::<Vec<_>>()))
}

/// A mark, and the bytes that hashes of such a statement may have.
fn wanted(wording: &Wording) -> impl Iterator<Item = impl Serialize> {
    let (least, most) = wording.sizes();
    wording.marks.iter().map(move |mark| (*mark, least * 8, most * 8))
}

pub(super) fn kept(row: &dyn Columns) -> Result<KeptWording, StoreError> {
    let shingles = Shingles::from_bytes(&row.bytes(0)?).ok_or_else(|| damaged("wording.shingles"))?;
    Ok(KeptWording { shingles, people: parsed("wording_of.person_id", &row.text(1)?)? })
}

const FORGET: &str = "delete from wording_of where person_id = $2 \
    and wording_key in (select wording_key from wording where agency = $1)";

const FORGET_UNSAID: &str = "delete from wording where agency = $1 \
    and not exists (select 1 from wording_of o where o.wording_key = wording.wording_key)";
