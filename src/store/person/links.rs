//! What of merges a Patient of ours tells: to whom its id was given up, who was merged into it, and since when; and whose
//! Patient an id of ours is.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use uuid::Uuid;

use super::moved::kept_person;
use crate::{
    fhir::merged::{Linked, Links},
    store::{
        AgencyScope, Found, Store, StoreError, StoredResource,
        driver::{Columns, Value},
        keep::json,
        resources::simple,
        rows::{damaged, moment, unpack},
    },
};

/// What became of a person's ties, in its order.
#[derive(Clone, Debug, Default)]
pub struct PersonActs(Vec<Turned>);

#[derive(Clone, Debug)]
struct Turned {
    at: Timestamp,
    begins: bool,
    /// Whether the person's own id was given up; else another one was, for it.
    gives_up: bool,
    other: Linked,
}

impl PersonActs {
    /// How many there were.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// How many there had been at a moment.
    pub fn count_until(&self, moment: Timestamp) -> usize {
        self.0.iter().filter(|one| one.at <= moment).count()
    }

    /// When one of them was; they count from 1.
    pub fn at(&self, number: usize) -> Option<Timestamp> {
        Some(self.0.get(number.checked_sub(1)?)?.at)
    }

    /// The person's ties after so many of them.
    pub fn after(&self, number: usize) -> Links {
        let mut links = Links::default();
        for one in self.0.iter().take(number) {
            match (one.gives_up, one.begins) {
                (true, true) => links.replaced_by = Some(one.other.clone()),
                (true, false) => links.replaced_by = None,
                (false, true) => links.replaces.push(one.other.clone()),
                (false, false) => links.replaces.retain(|other| other.id != one.other.id),
            }
        }
        links
    }
}

impl Store {
    /// What became of the ties of people, by the ids of their Patient; those without any are left out.
    pub async fn person_acts(
        &self,
        patients: impl Iterator<Item = &Uuid>,
        scope: &AgencyScope,
    ) -> Result<HashMap<Uuid, PersonActs>, StoreError> {
        let wanted: BTreeSet<Uuid> = patients.copied().collect();
        let mut all: HashMap<Uuid, PersonActs> = HashMap::new();
        if wanted.is_empty() {
            return Ok(all);
        }
        let list = json(&simple(wanted.iter()));
        let values = [Value::Text(&list), scope.value()];
        for tie in self.pool.rows(self.pool.dialect().person_acts, &values, tie).await? {
            for gives_up in [true, false] {
                let (own, other) = if gives_up { (&tie.person, &tie.survivor) } else { (&tie.survivor, &tie.person) };
                if wanted.contains(&own.id) {
                    let turned = Turned { at: tie.at, begins: tie.begins, gives_up, other: other.clone() };
                    all.entry(own.id).or_default().0.push(turned);
                }
            }
        }
        Ok(all)
    }

    /// A Patient that no plan has any more, as it was last: where its id was given up, who asks is told where the person went.
    pub async fn last_of_person(&self, id: Uuid, scope: &AgencyScope) -> Result<Option<Found>, StoreError> {
        let read = |row: &dyn Columns| Ok((row.int(0)?, row.bytes(1)?));
        let found = self.pool.row(LAST, &[Value::Bytes(id.as_bytes()), scope.value()], read).await?;
        let Some((key, pack)) = found else { return Ok(None) };
        unpack(&pack)?.into_iter().find(|one| one.id == id).map(|one| one.found(key)).transpose()
    }

    /// Agency and plan, as JSON, by which a Patient of ours came to be as it is.
    pub async fn plan_of_person(&self, id: Uuid, scope: &AgencyScope) -> Result<Option<(String, String)>, StoreError> {
        let read = |row: &dyn Columns| Ok((row.text(0)?, row.text(1)?));
        self.pool.row(PLAN_OF, &[Value::Bytes(id.as_bytes()), scope.value()], read).await
    }

    /// The Patient of a person as the newest of their plans says it.
    pub async fn person(&self, agency: &str, person_id: &str) -> Result<Option<StoredResource>, StoreError> {
        let mut tx = self.pool.begin().await?;
        kept_person(&mut tx, agency, person_id).await
    }
}

struct Tie {
    person: Linked,
    survivor: Linked,
    begins: bool,
    at: Timestamp,
}

/// `agency, person_ref, person_id, whether it is here, survivor_ref, survivor_id, whether it is here, act, told_at`.
fn tie(row: &dyn Columns) -> Result<Tie, StoreError> {
    let agency = row.text(0)?;
    let linked = |at: usize| -> Result<Linked, StoreError> {
        let id = Uuid::from_slice(&row.bytes(at)?).map_err(|_| damaged("person_merge.person_ref"))?;
        Ok(Linked { agency: agency.clone(), id, local_id: row.text(at + 1)?, is_here: row.int(at + 2)? != 0 })
    };
    Ok(Tie { person: linked(1)?, survivor: linked(4)?, begins: row.text(7)? == "told", at: moment(row.int(8)?)? })
}

const LAST: &str = "select v.plan_version_key, v.resources from resource r join plan_version v on v.plan_version_key = r.plan_version_key \
    join plan p on p.plan_key = v.plan_key where r.resource_id = $1 and ($2 is null or p.agency = $2)";

const PLAN_OF: &str = "select p.agency, v.json from resource r \
    join plan_version v on v.plan_version_key = r.plan_version_key \
    join plan p on p.plan_key = v.plan_key where r.resource_id = $1 and ($2 is null or p.agency = $2)";
