//! What is sent for a person whose id was given up, once that is confirmed: the same plan, for the person who is left. It is
//! made when it is claimed and kept nowhere, so that taking the merge back needs nothing.

use serde_json::Value as Tree;

use crate::{
    fhir::{
        Ids,
        merged::{self, Whose},
    },
    store::{
        StoreError, StoredResource,
        driver::{Tx, Value},
        resources::PERSON,
        rows::{Packed, damaged, id, unpack},
    },
};

/// The resources of a plan, for the person who is left; and the agency's id of that person.
pub(in crate::store) async fn moved(
    tx: &mut Tx,
    agency: &str,
    (person, first): (&str, String),
    resources: Vec<StoredResource>,
) -> Result<(String, Vec<StoredResource>), StoreError> {
    let mut survivor = first;
    while let Some(next) = tx.row(NEXT, &[Value::Text(agency), Value::Text(&survivor)], |row| row.text(0)).await? {
        survivor = next;
    }
    let Some(at) = resources.iter().position(|one| one.kind == PERSON) else { return Ok((survivor, resources)) };
    let namespace = tx.row("select namespace from instance", &[], |row| row.text(0)).await?;
    let ids = Ids::within(id(&namespace.ok_or_else(|| damaged("instance"))?)?);
    let to = Whose { agency, local_id: &survivor, id: ids.of(PERSON, agency, &[&survivor]) };
    let from = Whose { agency, local_id: person, id: resources[at].id };
    let tree: Tree = serde_json::from_str(&resources[at].json).map_err(|_| damaged("plan_version.resources"))?;
    let kept = kept_person(tx, agency, &survivor).await?.filter(|kept| kept.id == to.id);
    let kept = kept.unwrap_or_else(|| StoredResource {
        id: to.id,
        json: merged::as_survivor(&tree, &from, &to).to_string(),
        ..resources[at].clone()
    });
    let mut all = Vec::with_capacity(resources.len() + 1);
    all.push(kept);
    for (place, mut one) in resources.into_iter().enumerate() {
        one.json = if place == at {
            merged::given_up(&tree, &to).to_string()
        } else {
            merged::repointed(&one.json, from.id, to.id).ok_or_else(|| damaged("plan_version.resources"))?
        };
        all.push(one);
    }
    Ok((survivor, all))
}

/// The Patient of a person as the newest of their plans says it.
pub(super) async fn kept_person(tx: &mut Tx, agency: &str, person: &str) -> Result<Option<StoredResource>, StoreError> {
    let pack = tx.row(NEWEST, &[Value::Text(agency), Value::Text(person)], |row| row.bytes(0)).await?;
    let Some(pack) = pack else { return Ok(None) };
    unpack(&pack)?.into_iter().find(|one| one.kind == PERSON).map(Packed::stored).transpose()
}

const NEXT: &str = "select survivor_id from person_merge where agency = $1 and person_id = $2 and stands = 1";

const NEWEST: &str = "select v.resources from plan p join plan_version v on v.plan_key = p.plan_key and v.version = p.accepted \
    where p.agency = $1 and p.person_id = $2 and p.accepted is not null order by v.plan_version_key desc limit 1";
