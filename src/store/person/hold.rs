//! Holds deliveries while a merge waits for a named person, and lets them go on as they stood.
//!
//! Everyone whom merges tie together is held while one of these waits: what is sent for one of them could be about another.
//! Holding takes the lease from whoever is sending, so that the next request of that attempt is not made.

use std::collections::BTreeSet;

use crate::store::{
    StoreError,
    driver::{Columns, Tx, Value},
};

/// Why a delivery stands still while its person is held.
pub(in crate::store) const HELD: &str = "two ids were told to be one person, or no longer to be; it goes on by itself once a named person has confirmed that";

/// Holds or frees everyone whom the merges of these two tie together.
pub(super) async fn settle(tx: &mut Tx, agency: &str, ends: [&str; 2]) -> Result<(), StoreError> {
    let now = tx.now().await?;
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for end in ends {
        if seen.contains(end) {
            continue;
        }
        let (people, waits) = tied(tx, agency, end).await?;
        for person in &people {
            let whose = [Value::Text(agency), Value::Text(person)];
            if waits {
                tx.change(HOLD, &whose).await?;
                tx.change(BLOCK, &[whose[0], whose[1], Value::Int(now)]).await?;
            } else {
                tx.change(LET_GO, &whose).await?;
                tx.change(FREE, &[whose[0], whose[1], Value::Int(now)]).await?;
            }
        }
        seen.extend(people);
    }
    Ok(())
}

/// Everyone whom merges tie to a person, and whether one of these waits.
async fn tied(tx: &mut Tx, agency: &str, person: &str) -> Result<(BTreeSet<String>, bool), StoreError> {
    let (mut people, mut next) = (BTreeSet::from([person.to_owned()]), vec![person.to_owned()]);
    let mut waits = false;
    while let Some(here) = next.pop() {
        let read = |row: &dyn Columns| Ok((row.text(0)?, row.text(1)?, row.int(2)? != 0));
        for (one, other, open) in tx.rows(TIES, &[Value::Text(agency), Value::Text(&here)], read).await? {
            waits |= open;
            next.extend([one, other].into_iter().filter(|end| people.insert(end.clone())));
        }
    }
    Ok((people, waits))
}

/// Has what arrived as structured plans sent anew for a person, and for those who were merged into them: whose they are has
/// changed there. On the other rungs the server's own record of the person holds them.
pub(super) async fn send_anew(tx: &mut Tx, agency: &str, person: &str) -> Result<(), StoreError> {
    let now = tx.now().await?;
    let mut people = vec![person.to_owned()];
    while let Some(here) = people.pop() {
        let whose = [Value::Text(agency), Value::Text(&here)];
        tx.change(SEND_ANEW, &[whose[0], whose[1], Value::Int(now)]).await?;
        people.extend(tx.rows(MERGED_INTO, &whose, |row| row.text(0)).await?);
    }
    Ok(())
}

const TIES: &str = "select person_id, survivor_id, waits from person_merge \
    where agency = $1 and (person_id = $2 or survivor_id = $2) and (stands = 1 or waits = 1)";

const MERGED_INTO: &str = "select person_id from person_merge where agency = $1 and survivor_id = $2 and stands = 1";

const HOLD: &str = "insert into person_hold (agency, person_id) values ($1, $2) on conflict do nothing";

const LET_GO: &str = "delete from person_hold where agency = $1 and person_id = $2";

/// One look into the index a connection, not one a delivery.
const BLOCK: &str = "update delivery set held = case state when 'ready' then 'ready' else 'unknown' end, state = 'blocked', \
    lease_until = null, token = token + 1, updated_at = $3 where delivery_key in (with recursive c(connection) as \
    (select min(o.connection) from delivery o where o.state in ('ready', 'in_flight', 'unknown') \
    union all select (select min(o.connection) from delivery o where o.state in ('ready', 'in_flight', 'unknown') \
    and o.connection > c.connection) from c where c.connection is not null) \
    select d.delivery_key from c join delivery d on d.connection = c.connection where d.agency = $1 and d.person_id = $2 \
    and d.state in ('ready', 'in_flight', 'unknown'))";

const FREE: &str = "update delivery set state = held, held = null, updated_at = $3 \
    where agency = $1 and person_id = $2 and held is not null and state = 'blocked'";

const SEND_ANEW: &str = "update delivery set state = 'ready', attempts = 0, not_before = $3, updated_at = $3, status = null, \
    reason = null where state = 'done' and person_id = $2 and (rung is null or rung = 'A') and plan_key in \
    (select p.plan_key from plan p where p.agency = $1 and p.person_id = $2 and p.accepted is not null) and not exists \
    (select 1 from delivery n where n.plan_key = delivery.plan_key and n.connection = delivery.connection \
    and n.version > delivery.version)";
