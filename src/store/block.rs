//! Blocks: what plan versions say, a hundred in a row as they were kept, as marks. A search that names nobody reads these
//! instead of what it cannot want, and a count needs no more than the tallies made with them.
//!
//! A block is made beside the keeping, once nothing can come between what is in it, and never changes. What stands in none yet
//! is looked through as it is, so that nothing waits for a block and an answer never depends on one.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use serde_json::Value as Json;
use tokio::task::yield_now;
use uuid::Uuid;

use super::{
    AgencyScope, Store, StoreError,
    driver::{Columns, Value},
    keep::json,
    resources::{AT_ONCE, simple},
    rows::{Packed, damaged, unpack},
    snapshot::begin_keeping,
};
use crate::fhir::search::{Mark, Marks, Searched, marks};

/// The migration that empties the tables: what is kept already then gets its blocks at once.
pub(super) const STEP: &str = "0018_tally";

/// Bytes of a mark.
const WIDTH: usize = size_of::<Mark>();

/// Stands in the tallies for all of a kind.
const ALL: i64 = -1;

/// A place in the order of keeping: moment and key of a plan version.
pub(super) type Place = (i64, i64);

/// A plan version as it was kept.
struct Kept {
    key: i64,
    at: i64,
    agency: String,
    pack: Vec<Packed>,
}

impl Kept {
    /// The resources that it made or changed.
    fn changed(&self) -> impl Iterator<Item = &Packed> {
        self.pack.iter().filter(|resource| resource.updated_at == self.at)
    }
}

/// A plan version of a block: moment, key, and the places of its marks among those of the block.
type Member = (i64, i64, Vec<usize>);

/// A block that was read.
pub(super) struct Block {
    pub(super) first: Place,
    pub(super) last: Place,
    marks: Vec<u8>,
    members: Vec<Member>,
}

/// The marks of resources, by id and version.
type Marked = HashMap<(Uuid, u32), Marks>;

/// By how many resources plan versions changed what there is: by type, counted mark and agency.
type Net = BTreeMap<(String, i64, String), i64>;

impl Store {
    /// Makes the next block, where enough plan versions wait for it; false where they do not.
    pub async fn make_block(&self) -> Result<bool, StoreError> {
        let end = self.block_end().await?;
        let values = [Value::Int(end.0), Value::Int(end.1), Value::Int(AT_ONCE)];
        if self.pool.row(WAITING, &values, |row| row.int(0)).await?.unwrap_or_default() < AT_ONCE {
            return Ok(false);
        }
        let (settled, _) = self.settled().await?;
        let kept = self.kept_after(end, settled).await?;
        let [first, .., last] = &kept[..] else { return Ok(false) };
        if !is_full(kept.len()) {
            return Ok(false);
        }
        let marked = marked(&kept).await;
        let (marks, members) = block(&kept, &marked);
        let (marks, members) = (marks, lz4_flex::compress_prepend_size(json(&members).as_bytes()));
        let net: Vec<_> = self.net(&kept, None, &marked).await?.into_iter().filter(|(_, many)| *many != 0).collect();
        let net: Vec<_> = net.iter().map(|((kind, mark, agency), many)| (kind, mark, agency, many)).collect();
        let net = json(&net);
        let mut tx = begin_keeping(&self.pool).await?;
        let [from, to] = [first, last].map(|one| [Value::Int(one.at), Value::Int(one.key)]);
        let values = [from[0], from[1], to[0], to[1], Value::Bytes(&marks), Value::Bytes(&members)];
        // Another process may have made the same one.
        if tx.change(MAKE, &values).await? == 1 {
            tx.change(tx.dialect().tally, &[Value::Text(&net)]).await?;
            tx.commit().await?;
        }
        Ok(true)
    }

    /// How many resources of a kind there are now, all or those that have a mark that is counted.
    pub async fn tallied(&self, kind: &str, mark: Option<Mark>, scope: &AgencyScope) -> Result<usize, StoreError> {
        let column = mark.map_or(ALL, i64::from);
        let values = [Value::Text(kind), Value::Int(column), scope.value()];
        loop {
            let end = self.block_end().await?;
            let mut many = self.pool.row(TALLIED, &values, |row| row.int(0)).await?.unwrap_or_default();
            let mut at = end;
            loop {
                let kept = self.kept_after(at, i64::MAX).await?;
                let net = self.net(&kept, Some((kind, mark)), &Marked::new()).await?;
                let ours = net.iter().filter(|((_, of, agency), _)| *of == column && scope.holds(agency));
                many += ours.map(|(_, many)| many).sum::<i64>();
                let Some(last) = kept.last().filter(|_| is_full(kept.len())) else { break };
                at = (last.at, last.key);
            }
            // A block that was made meanwhile is in both or in none.
            if self.block_end().await? == end {
                return Ok(usize::try_from(many).unwrap_or_default());
            }
        }
    }

    /// The last plan version in a block.
    pub(super) async fn block_end(&self) -> Result<Place, StoreError> {
        let end = self.pool.row(END, &[], |row| Ok((row.int(0)?, row.int(1)?))).await?;
        Ok(end.unwrap_or((i64::MIN, 0)))
    }

    /// The first block at or after a place that has a mark of each list; going down, the last one that begins there or before.
    pub(super) async fn block_at(
        &self,
        (at, key): Place,
        wanted: &[Vec<Mark>],
        is_down: bool,
    ) -> Result<Option<Block>, StoreError> {
        let dialect = self.pool.dialect();
        let sql = if is_down { dialect.block_before } else { dialect.block_after };
        let wanted: Vec<Vec<String>> =
            wanted.iter().map(|any| any.iter().map(|mark| format!("{mark:08x}")).collect()).collect();
        let wanted = json(&wanted);
        let read = |row: &dyn Columns| -> Result<Block, StoreError> {
            let members = lz4_flex::decompress_size_prepended(&row.bytes(5)?).ok();
            let members = members.and_then(|members| serde_json::from_slice(&members).ok());
            let members = members.ok_or_else(|| damaged("search_block.members"))?;
            let (first, last) = ((row.int(0)?, row.int(1)?), (row.int(2)?, row.int(3)?));
            Ok(Block { first, last, marks: row.bytes(4)?, members })
        };
        self.pool.row(sql, &[Value::Int(at), Value::Int(key), Value::Text(&wanted)], read).await
    }

    async fn kept_after(&self, after: Place, up_to: i64) -> Result<Vec<Kept>, StoreError> {
        let values = [Value::Int(after.0), Value::Int(after.1), Value::Int(up_to), Value::Int(AT_ONCE)];
        let read = |row: &dyn Columns| -> Result<Kept, StoreError> {
            Ok(Kept { key: row.int(0)?, at: row.int(1)?, pack: unpack(&row.bytes(2)?)?, agency: row.text(3)? })
        };
        self.pool.rows(KEPT_AFTER, &values, read).await
    }

    /// What plan versions brought and took, of one kind and counted mark or of all; `marked` are marks that are found already.
    async fn net(&self, kept: &[Kept], only: Option<(&str, Option<Mark>)>, marked: &Marked) -> Result<Net, StoreError> {
        let is_asked = |kind: &str| only.is_none_or(|(only, _)| only == kind);
        let keys: BTreeSet<i64> = kept.iter().map(|one| one.key).collect();
        let named = |row: &dyn Columns| Uuid::from_slice(&row.bytes(0)?).map_err(|_| damaged("resource_id"));
        let mut ids: BTreeSet<Uuid> = self
            .pool
            .rows(self.pool.dialect().dropped, &[Value::Text(&json(&keys))], named)
            .await?
            .into_iter()
            .collect();
        for one in kept {
            ids.extend(one.changed().filter(|resource| is_asked(&resource.kind)).map(|resource| resource.id));
        }
        // By id and version: which plan version made it, and which took it out.
        let (mut made, mut taken) = (HashMap::new(), HashMap::new());
        for (id, (version, gone, key)) in self.all_turns(simple(ids.iter())).await? {
            if gone { &mut taken } else { &mut made }.insert((id, version), key);
        }
        let mut came: Vec<(Uuid, u32)> = Vec::new();
        let mut went: Vec<(Uuid, u32)> = Vec::new();
        for &(id, version) in made.iter().filter(|(_, key)| keys.contains(key)).map(|(turn, _)| turn) {
            came.push((id, version));
            let before = (id, version.saturating_sub(1));
            went.extend(Some(before).filter(|before| version > 1 && !taken.contains_key(before)));
        }
        went.extend(taken.iter().filter(|(_, key)| keys.contains(key)).map(|(turn, _)| *turn));
        let held: BTreeSet<i64> = went.iter().filter_map(|turn| made.get(turn).copied()).collect();
        let older = self.owned_packs(&held, &AgencyScope::All).await?;
        let here: HashMap<i64, (&str, &[Packed])> =
            kept.iter().map(|one| (one.key, (&*one.agency, &*one.pack))).collect();
        let said = |turn: &(Uuid, u32)| {
            let key = made.get(turn)?;
            let old = || older.get(key).map(|(agency, pack)| (&**agency, &**pack));
            let (agency, pack) = here.get(key).copied().or_else(old)?;
            let one = pack.iter().find(|one| (one.id, one.version) == *turn && is_asked(&one.kind))?;
            Some((agency, one))
        };
        let mut net: BTreeMap<(&str, i64, &str), i64> = BTreeMap::new();
        for (turns, by) in [(&came, 1), (&went, -1)] {
            for (agency, one) in turns.iter().filter_map(said) {
                let mut add = |mark| *net.entry((&one.kind, mark, agency)).or_default() += by;
                add(ALL);
                if only.is_none_or(|(_, mark)| mark.is_some()) {
                    let found = marked.get(&(one.id, one.version));
                    let found = found.map_or_else(|| Cow::Owned(marks_of(one)), Cow::Borrowed);
                    found.counted.iter().copied().map(i64::from).for_each(add);
                }
            }
        }
        let owned =
            |((kind, mark, agency), many): ((&str, i64, &str), i64)| ((kind.to_owned(), mark, agency.to_owned()), many);
        Ok(net.into_iter().map(owned).collect())
    }
}

impl Block {
    /// The plan versions that have a mark of each list.
    pub(super) fn fitting(&self, wanted: &[Vec<Mark>]) -> Vec<Place> {
        let (marks, _) = self.marks.as_chunks::<WIDTH>();
        let place = |mark: &Mark| marks.binary_search(&mark.to_be_bytes()).ok();
        let wanted: Vec<Vec<usize>> = wanted.iter().map(|any| any.iter().filter_map(place).collect()).collect();
        let has = |own: &[usize], any: &[usize]| any.iter().any(|place| own.binary_search(place).is_ok());
        let fits = |(.., own): &&Member| wanted.iter().all(|any| has(own, any));
        self.members.iter().filter(fits).map(|(at, key, _)| (*at, *key)).collect()
    }
}

/// The marks of what plan versions changed; others go first after each.
async fn marked(kept: &[Kept]) -> Marked {
    let mut marked = Marked::new();
    for one in kept {
        marked.extend(one.changed().map(|one| ((one.id, one.version), marks_of(one))));
        yield_now().await;
    }
    marked
}

/// The marks of plan versions, and which of these each has by what it changed.
fn block(kept: &[Kept], marked: &Marked) -> (Vec<u8>, Vec<Member>) {
    let made = |one: &Kept| -> BTreeSet<Mark> {
        one.changed()
            .filter_map(|one| marked.get(&(one.id, one.version)))
            .flat_map(|marks| &marks.all)
            .copied()
            .collect()
    };
    let each: Vec<BTreeSet<Mark>> = kept.iter().map(made).collect();
    let all: Vec<Mark> = each.iter().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let places = |own: BTreeSet<Mark>| own.iter().filter_map(|mark| all.binary_search(mark).ok()).collect();
    let members = kept.iter().zip(each).map(|(one, own)| (one.at, one.key, places(own))).collect();
    (all.iter().flat_map(|mark| mark.to_be_bytes()).collect(), members)
}

fn marks_of(one: &Packed) -> Marks {
    let Some(searched) = Searched::named(&one.kind) else { return Marks::default() };
    serde_json::from_str::<Json>(&one.json).map(|resource| marks(searched, &resource)).unwrap_or_default()
}

fn is_full(many: usize) -> bool {
    i64::try_from(many).is_ok_and(|many| many >= AT_ONCE)
}

pub(super) const END: &str = "select last_at, last_key from search_block order by last_at desc, last_key desc limit 1";

const MAKE: &str = "insert into search_block (first_at, first_key, last_at, last_key, marks, members) \
    values ($1, $2, $3, $4, $5, $6) on conflict do nothing";

pub(super) const WAITING: &str = "select count(*) from (select v.plan_version_key from plan_version v \
    where v.resources is not null and (v.kept_at, v.plan_version_key) > ($1, $2) \
    order by v.kept_at, v.plan_version_key limit $3) n";

pub(super) const KEPT_AFTER: &str = "select v.plan_version_key, v.kept_at, v.resources, p.agency from plan_version v \
    join plan p on p.plan_key = v.plan_key where v.resources is not null and (v.kept_at, v.plan_version_key) > ($1, $2) \
    and v.plan_version_key <= $3 order by v.kept_at, v.plan_version_key limit $4";

pub(super) const TALLIED: &str = "select cast(coalesce(sum(t.many), 0) as bigint) from search_tally t where t.kind = $1 and t.mark = $2 \
    and ($3 is null or t.agency = $3)";
