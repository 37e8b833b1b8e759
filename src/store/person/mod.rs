//! Who is one person: merges that were told, confirmed, disputed or taken back, each with who said so, when and why.
//!
//! A merge changes no row of either person, so both histories stay readable and taking it back brings back what was. What it
//! changes stands in `hold` (nothing is sent while it waits for a named person) and `moved` (what is sent once it is confirmed).

mod hold;
mod links;
mod moved;

use jiff::Timestamp;
use uuid::Uuid;

pub(super) use hold::HELD;
pub use links::PersonActs;
pub(super) use moved::moved;

use super::{
    AgencyScope, Store, StoreError,
    driver::{Columns, Tx, Value},
    keep::NEWEST,
    rows::{damaged, id, micros, moment},
    snapshot::begin_alone,
};

/// By which way something was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The command line.
    Cli,
    /// Our own HTTP addresses.
    Api,
    /// A FHIR Patient, through an address or in a file.
    Fhir,
}

/// What became of a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActKind {
    /// It was told.
    Told,
    /// A named person confirmed how it stands.
    Confirmed,
    /// Something else was told of these people while it stood.
    Disputed,
    /// It was taken back.
    Undone,
}

/// Who said something of a merge, when, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// What.
    pub kind: ActKind,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// Why.
    pub why: String,
    /// By which way.
    pub way: Way,
}

/// Two ids of an agency that are, or were taken for, one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// Its number, in the order of telling.
    pub number: i64,
    /// Its id.
    pub id: Uuid,
    /// The agency.
    pub agency: String,
    /// The agency's id that was given up.
    pub person_id: String,
    /// The agency's id that stays.
    pub survivor_id: String,
    /// Whether it stands; else it was taken back.
    pub stands: bool,
    /// Whether nothing is sent for these people until a named person confirms it.
    pub waits: bool,
    /// All that was said of it, in its order.
    pub acts: Vec<Act>,
}

/// A merge as somebody tells it.
#[derive(Clone, Debug)]
pub struct NewMerge {
    /// The agency.
    pub agency: String,
    /// The agency's id that is given up.
    pub person_id: String,
    /// The agency's id that stays.
    pub survivor_id: String,
    /// The id of the Patient of each of the two.
    pub refs: (Uuid, Uuid),
}

/// Who says it, and why.
#[derive(Clone, Debug)]
pub struct Said {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// Why.
    pub why: String,
    /// By which way.
    pub way: Way,
}

/// What telling a merge came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It stands from now on.
    Now(Merge),
    /// It stood before; nothing was changed.
    Before(Merge),
    /// This one stands, which says otherwise. What a FHIR Patient tells makes it wait for a person; else nothing was changed.
    Otherwise(Merge),
}

impl Way {
    /// As the store and the outside say it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cli => "cli",
            Self::Api => "api",
            Self::Fhir => "fhir",
        }
    }
}

impl ActKind {
    /// As the store and the outside say it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Told => "told",
            Self::Confirmed => "confirmed",
            Self::Disputed => "disputed",
            Self::Undone => "undone",
        }
    }
}

impl Store {
    /// Records a merge. Nothing is sent for anyone it is about before it is confirmed.
    pub async fn merge(&self, new: &NewMerge, said: &Said) -> Result<Told, StoreError> {
        let mut tx = begin_alone(&self.pool).await?;
        if new.person_id == new.survivor_id {
            return Err(StoreError::Refused { code: "a person cannot be merged into themselves".to_owned() });
        }
        let standing = standing(&mut tx, &new.agency, &new.person_id).await?;
        let told = match standing {
            Some(merge) if merge.survivor_id == new.survivor_id => return Ok(Told::Before(merge)),
            Some(merge) => Told::Otherwise(merge),
            None => match circle(&mut tx, new).await? {
                Some(merge) => Told::Otherwise(merge),
                None => Told::Now(enter(&mut tx, new, said).await?),
            },
        };
        let told = match told {
            Told::Otherwise(merge) if said.way == Way::Fhir => Told::Otherwise(
                turn(&mut tx, &merge, Turn { stands: true, waits: true }, ActKind::Disputed, said).await?,
            ),
            told => told,
        };
        tx.commit().await?;
        Ok(told)
    }

    /// Takes a merge back; nothing where it does not stand. Where it was confirmed before, this waits for a named person, too.
    pub async fn unmerge(&self, id: Uuid, scope: &AgencyScope, said: &Said) -> Result<Option<Merge>, StoreError> {
        let mut tx = begin_alone(&self.pool).await?;
        let Some(merge) = one(&mut tx, id, scope).await?.filter(|merge| merge.stands) else { return Ok(None) };
        let waits = merge.acts.iter().any(|act| act.kind == ActKind::Confirmed);
        let merge = turn(&mut tx, &merge, Turn { stands: false, waits }, ActKind::Undone, said).await?;
        tx.commit().await?;
        Ok(Some(merge))
    }

    /// A named person confirms how a merge stands: what waits for it is sent. Nothing where it does not wait.
    pub async fn confirm_merge(&self, id: Uuid, scope: &AgencyScope, said: &Said) -> Result<Option<Merge>, StoreError> {
        let mut tx = begin_alone(&self.pool).await?;
        let Some(merge) = one(&mut tx, id, scope).await?.filter(|merge| merge.waits) else { return Ok(None) };
        let is_new = merge.acts.last().is_some_and(|act| act.kind != ActKind::Disputed);
        let stands = merge.stands;
        let merge = turn(&mut tx, &merge, Turn { stands, waits: false }, ActKind::Confirmed, said).await?;
        if is_new {
            hold::send_anew(&mut tx, &merge.agency, &merge.person_id).await?;
        }
        tx.commit().await?;
        Ok(Some(merge))
    }

    /// Merges after a number, in the order of telling.
    pub async fn merges(
        &self,
        only_waiting: bool,
        scope: &AgencyScope,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Merge>, StoreError> {
        let values =
            [Value::Int(after), scope.value(), Value::Int(i64::from(only_waiting)), Value::Int(i64::from(limit))];
        let mut merges = self.pool.rows(MERGES, &values, merge).await?;
        let (Some(first), Some(last)) = (merges.first(), merges.last()) else { return Ok(merges) };
        let acts = self.pool.rows(ACTS, &[Value::Int(first.number), Value::Int(last.number)], act).await?;
        for (number, act) in acts {
            let of = merges.iter_mut().filter(|merge| merge.number == number);
            of.for_each(|merge| merge.acts.push(act.clone()));
        }
        Ok(merges)
    }

    /// One merge.
    pub async fn one_merge(&self, id: Uuid, scope: &AgencyScope) -> Result<Option<Merge>, StoreError> {
        let name = id.to_string();
        let Some(mut merge) = self.pool.row(ONE, &[Value::Text(&name), scope.value()], merge).await? else {
            return Ok(None);
        };
        let number = Value::Int(merge.number);
        merge.acts = self.pool.rows(ACTS, &[number, number], |row| Ok(act(row)?.1)).await?;
        Ok(Some(merge))
    }

    /// The merge by which an id was given up and that stands or waits.
    pub async fn merge_of(&self, agency: &str, person_id: &str) -> Result<Option<Merge>, StoreError> {
        let found = self.pool.row(MERGE_OF, &[Value::Text(agency), Value::Text(person_id)], |row| row.text(0)).await?;
        match found {
            Some(name) => self.one_merge(id(&name)?, &AgencyScope::Only(agency.to_owned())).await,
            None => Ok(None),
        }
    }

    /// The ids of an agency that were given up and stay so, each with the one that is left at the end.
    pub async fn survivors(&self, agency: &str) -> Result<Vec<(String, String)>, StoreError> {
        let pairs = self.pool.rows(PAIRS, &[Value::Text(agency)], |row| Ok((row.text(0)?, row.text(1)?))).await?;
        let next = |one: &str| pairs.iter().find(|(person, _)| person == one).map(|(_, survivor)| survivor);
        let last = |first: &String| {
            let mut here = first;
            while let Some(on) = next(here) {
                here = on;
            }
            here.clone()
        };
        Ok(pairs.iter().map(|(person, survivor)| (person.clone(), last(survivor))).collect())
    }
}

/// How a merge stands after a turn.
#[derive(Clone, Copy)]
struct Turn {
    stands: bool,
    waits: bool,
}

async fn enter(tx: &mut Tx, new: &NewMerge, said: &Said) -> Result<Merge, StoreError> {
    let name = Uuid::now_v7();
    let text = name.to_string();
    let values = [
        Value::Text(&text),
        Value::Text(&new.agency),
        Value::Text(&new.person_id),
        Value::Text(&new.survivor_id),
        Value::Bytes(new.refs.0.as_bytes()),
        Value::Bytes(new.refs.1.as_bytes()),
    ];
    tx.change(ENTER, &values).await?;
    // Whatever still waited of this id is settled by confirming the new one.
    tx.change(WAIT_NO_MORE, &values[1..3]).await?;
    let merge = one(tx, name, &AgencyScope::All).await?.ok_or_else(|| damaged("person_merge"))?;
    turn(tx, &merge, Turn { stands: true, waits: true }, ActKind::Told, said).await
}

/// Says how a merge stands from now on, notes who said so, and holds or frees everyone it is about.
async fn turn(tx: &mut Tx, merge: &Merge, to: Turn, kind: ActKind, said: &Said) -> Result<Merge, StoreError> {
    let flags = [i64::from(to.stands), i64::from(to.waits)].map(Value::Int);
    tx.change(TURN, &[Value::Int(merge.number), flags[0], flags[1]]).await?;
    // What was kept before it was kept before it, by whichever clock.
    let newest = tx.row(NEWEST, &[], |row| row.int(0)).await?.unwrap_or(i64::MIN);
    let values = [
        Value::Int(merge.number),
        Value::Text(kind.as_str()),
        Value::Int(micros(said.at).max(newest)),
        Value::Text(&said.by),
        Value::Text(&said.why),
        Value::Text(said.way.as_str()),
    ];
    tx.change(NOTE, &values).await?;
    hold::settle(tx, &merge.agency, [&merge.person_id, &merge.survivor_id]).await?;
    one(tx, merge.id, &AgencyScope::All).await?.ok_or_else(|| damaged("person_merge"))
}

async fn one(tx: &mut Tx, id: Uuid, scope: &AgencyScope) -> Result<Option<Merge>, StoreError> {
    let name = id.to_string();
    let Some(mut merge) = tx.row(ONE, &[Value::Text(&name), scope.value()], merge).await? else { return Ok(None) };
    let number = Value::Int(merge.number);
    merge.acts = tx.rows(ACTS, &[number, number], |row| Ok(act(row)?.1)).await?;
    Ok(Some(merge))
}

async fn standing(tx: &mut Tx, agency: &str, person_id: &str) -> Result<Option<Merge>, StoreError> {
    let found = tx.row(STANDING, &[Value::Text(agency), Value::Text(person_id)], |row| row.text(0)).await?;
    match found {
        Some(name) => one(tx, id(&name)?, &AgencyScope::All).await,
        None => Ok(None),
    }
}

/// The merge that would lead back to where a new one begins.
async fn circle(tx: &mut Tx, new: &NewMerge) -> Result<Option<Merge>, StoreError> {
    let mut here = new.survivor_id.clone();
    while let Some(merge) = standing(tx, &new.agency, &here).await? {
        if merge.survivor_id == new.person_id {
            return Ok(Some(merge));
        }
        here = merge.survivor_id;
    }
    Ok(None)
}

fn merge(row: &dyn Columns) -> Result<Merge, StoreError> {
    Ok(Merge {
        number: row.int(0)?,
        id: id(&row.text(1)?)?,
        agency: row.text(2)?,
        person_id: row.text(3)?,
        survivor_id: row.text(4)?,
        stands: row.int(5)? != 0,
        waits: row.int(6)? != 0,
        acts: Vec::new(),
    })
}

fn act(row: &dyn Columns) -> Result<(i64, Act), StoreError> {
    let (kind, way) = (row.text(1)?, row.text(5)?);
    let kinds = [ActKind::Told, ActKind::Confirmed, ActKind::Disputed, ActKind::Undone];
    let ways = [Way::Cli, Way::Api, Way::Fhir];
    let act = Act {
        kind: kinds.into_iter().find(|one| one.as_str() == kind).ok_or_else(|| damaged("person_act.act"))?,
        at: moment(row.int(2)?)?,
        by: row.text(3)?,
        why: row.text(4)?,
        way: ways.into_iter().find(|one| one.as_str() == way).ok_or_else(|| damaged("person_act.way"))?,
    };
    Ok((row.int(0)?, act))
}

const MERGES: &str = "select person_merge_key, merge_id, agency, person_id, survivor_id, stands, waits from person_merge \
    where person_merge_key > $1 and ($2 is null or agency = $2) and waits >= $3 order by person_merge_key limit $4";

const ONE: &str = "select person_merge_key, merge_id, agency, person_id, survivor_id, stands, waits from person_merge \
    where merge_id = $1 and ($2 is null or agency = $2)";

const ACTS: &str = "select person_merge_key, act, told_at, told_by, why, way from person_act \
    where person_merge_key between $1 and $2 order by person_act_key";

const MERGE_OF: &str = "select merge_id from person_merge where agency = $1 and person_id = $2 \
    and (stands = 1 or waits = 1) order by stands desc, person_merge_key desc limit 1";

const STANDING: &str = "select merge_id from person_merge where agency = $1 and person_id = $2 and stands = 1";

const PAIRS: &str = "select person_id, survivor_id from person_merge where agency = $1 and stands = 1";

const ENTER: &str = "insert into person_merge (merge_id, agency, person_id, survivor_id, person_ref, survivor_ref, stands, waits) \
    values ($1, $2, $3, $4, $5, $6, 1, 1)";

const WAIT_NO_MORE: &str = "update person_merge set waits = 0 where agency = $1 and person_id = $2 and stands = 0";

const TURN: &str = "update person_merge set stands = $2, waits = $3 where person_merge_key = $1";

const NOTE: &str =
    "insert into person_act (person_merge_key, act, told_at, told_by, why, way) values ($1, $2, $3, $4, $5, $6)";
