//! Decides what keeping records changes: which version of its plan a record becomes, which resources change, what is delivered.
//! Pure: it looks only at what was loaded and touches no database.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use uuid::Uuid;

use super::{
    Destination,
    failure::StoreError,
    prepare::{Digest16, Prepared, PreparedPlan, PreparedResource},
    rows::{Packed, damaged},
    wording::PreparedWording,
};

/// Which version of its plan each record became, and whether a later one has taken its place, by submission key and ordinal.
pub(super) type Filed = HashMap<(i64, i64), (i64, bool)>;

/// What the store holds of the things a batch is about.
#[derive(Default)]
pub(super) struct Known {
    /// Key and agency of each submission.
    pub(super) submissions: HashMap<Uuid, (i64, String)>,
    /// Records kept already, by submission key and ordinal.
    pub(super) kept: HashSet<(i64, i64)>,
    /// Plans, by agency and plan id.
    pub(super) plans: HashMap<(String, String), PlanNow>,
    /// Resources, by id.
    pub(super) resources: HashMap<Uuid, ResourceNow>,
    /// The moment of this batch: never before that of an earlier one.
    pub(super) kept_at: i64,
}

/// Where a plan stands.
#[derive(Default)]
pub(super) struct PlanNow {
    pub(super) plan_key: i64,
    pub(super) newest: i64,
    pub(super) content: String,
    pub(super) accepted: Option<i64>,
    /// Ids of what the newest accepted version holds.
    pub(super) resources: Vec<Uuid>,
}

/// Where a resource stands.
pub(super) struct ResourceNow {
    pub(super) at: Place,
    pub(super) plan_key: i64,
    pub(super) shared: bool,
    pub(super) gone: bool,
    pub(super) version: u32,
    pub(super) updated_at: i64,
    pub(super) digest: Digest16,
    /// Its type, where this batch says it.
    pub(super) kind: &'static str,
    pub(super) row: RowChange,
}

/// What becomes of a resource's row.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RowChange {
    Stays,
    Made,
    Changed,
}

/// What a resource was before: a version whose place another took, or that it was taken out.
pub(super) struct Before {
    pub(super) id: Uuid,
    pub(super) version: u32,
    pub(super) gone: bool,
    /// The plan version that holds its content or, where gone, that dropped it.
    pub(super) at: Place,
    pub(super) updated_at: i64,
}

/// Which plan version holds a resource's content.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// One that is kept, by its key.
    Kept(i64),
    /// One of this batch, by plan key and version.
    Here(i64, i64),
}

impl ResourceNow {
    fn touch(&mut self) {
        if self.row == RowChange::Stays {
            self.row = RowChange::Changed;
        }
    }
}

/// What to write, in this order.
#[derive(Default)]
pub(super) struct Changes<'b> {
    pub(super) versions: Vec<VersionLine<'b>>,
    pub(super) records: Vec<RecordLine<'b>>,
    /// What resources were before.
    pub(super) before: Vec<Before>,
    pub(super) deliveries: Vec<DeliveryLine<'b>>,
    /// Plans and connections whose waiting deliveries are overtaken.
    pub(super) overtaken: Vec<(i64, &'b str)>,
    /// Where the plans stand afterwards.
    pub(super) plans: Vec<PlanLine<'b>>,
    /// Plans that have a version before the one of this batch, by key: what it said is no longer theirs.
    pub(super) rewritten: Vec<i64>,
    /// The long statements of the newest versions.
    pub(super) wordings: Vec<WordingLine<'b>>,
}

/// Key, newest, accepted, content, and the person where a version was accepted.
pub(super) type PlanLine<'b> = (i64, i64, Option<i64>, &'b str, Option<&'b str>);

pub(super) struct VersionLine<'b> {
    pub(super) plan_key: i64,
    pub(super) version: i64,
    pub(super) kept_at: i64,
    pub(super) record: &'b Prepared,
    pub(super) plan: &'b PreparedPlan,
    /// Nothing when it was rejected.
    pub(super) resources: Option<Vec<Packed>>,
}

pub(super) struct RecordLine<'b> {
    pub(super) submission_key: i64,
    pub(super) record: &'b Prepared,
    /// Plan key and version.
    pub(super) filed: Option<(i64, i64)>,
}

pub(super) struct WordingLine<'b> {
    pub(super) plan_key: i64,
    pub(super) agency: &'b str,
    pub(super) person_id: &'b str,
    pub(super) wordings: &'b [PreparedWording],
}

pub(super) struct DeliveryLine<'b> {
    pub(super) to: &'b Destination,
    pub(super) agency: &'b str,
    pub(super) person_id: &'b str,
    pub(super) plan_key: i64,
    pub(super) version: i64,
    pub(super) state: &'static str,
}

/// Decides for records in the order in which they came. `known` is brought along, so that a later record sees an earlier one.
pub(super) fn decide<'b>(batch: &[(Uuid, &'b Prepared)], known: &mut Known) -> Result<Changes<'b>, StoreError> {
    let mut changes = Changes::default();
    for &(submission, record) in batch {
        let (submission_key, agency) = known.submissions.get(&submission).ok_or_else(no_such_submission)?;
        if *agency != record.agency {
            return Err(StoreError::Refused { code: "the record's agency is not its submission's".to_owned() });
        }
        let submission_key = *submission_key;
        if !known.kept.insert((submission_key, record.ordinal)) {
            continue;
        }
        let filed = match &record.plan {
            Some(plan) => Some(file(record, plan, known, &mut changes)?),
            None => None,
        };
        changes.records.push(RecordLine { submission_key, record, filed });
    }
    Ok(changes)
}

fn no_such_submission() -> StoreError {
    StoreError::Refused { code: "no such submission".to_owned() }
}

/// The version a record becomes or restates.
fn file<'b>(
    record: &'b Prepared,
    plan: &'b PreparedPlan,
    known: &mut Known,
    changes: &mut Changes<'b>,
) -> Result<(i64, i64), StoreError> {
    let name = (record.agency.clone(), plan.plan_id.clone());
    let now = known.plans.get_mut(&name).ok_or_else(|| damaged("plan"))?;
    if record.expects.is_some_and(|accepted| accepted != now.accepted.unwrap_or(0)) {
        return Err(StoreError::overtaken());
    }
    let plan_key = now.plan_key;
    let is_new = now.newest == 0 || now.content != plan.content;
    if is_new {
        now.newest += 1;
        plan.content.clone_into(&mut now.content);
        let resources = if record.is_rejected() {
            None
        } else {
            let resources = say(known.kept_at, plan, now, &mut known.resources, &mut changes.before);
            now.accepted = Some(now.newest);
            now.resources = resources.iter().map(|one| one.id).collect();
            Some(resources)
        };
        let before = changes.plans.iter().position(|(key, ..)| *key == plan_key).map(|at| changes.plans.remove(at));
        // A version that was sent back says nothing about whose plan it is.
        let person = if record.is_rejected() { before.and_then(|line| line.4) } else { Some(&*plan.person_id) };
        changes.plans.push((plan_key, now.newest, now.accepted, &plan.content, person));
        changes.versions.push(VersionLine {
            plan_key,
            version: now.newest,
            kept_at: known.kept_at,
            record,
            plan,
            resources,
        });
        reword(record, plan, now, changes);
    }
    for to in plan.deliver_to.iter().filter(|_| !record.is_rejected()) {
        if is_new {
            overtake(plan_key, &to.connection, changes);
        }
        // A restated version is entered only where it never was: the table keeps one delivery a version and connection.
        changes.deliveries.push(DeliveryLine {
            to,
            agency: &record.agency,
            person_id: &plan.person_id,
            plan_key,
            version: now.newest,
            state: "ready",
        });
    }
    Ok((plan_key, now.newest))
}

/// The newest version's statements take the place of those before.
fn reword<'b>(record: &'b Prepared, plan: &'b PreparedPlan, now: &PlanNow, changes: &mut Changes<'b>) {
    let plan_key = now.plan_key;
    if now.newest > 1 && !changes.rewritten.contains(&plan_key) {
        changes.rewritten.push(plan_key);
    }
    changes.wordings.retain(|line| line.plan_key != plan_key);
    let (agency, person_id, wordings) = (&*record.agency, &*plan.person_id, &*plan.wordings);
    changes.wordings.push(WordingLine { plan_key, agency, person_id, wordings });
}

fn overtake<'b>(plan_key: i64, connection: &'b str, changes: &mut Changes<'b>) {
    changes.overtaken.push((plan_key, connection));
    let same = |line: &&mut DeliveryLine<'b>| line.plan_key == plan_key && line.to.connection == connection;
    changes.deliveries.iter_mut().filter(same).for_each(|line| line.state = "superseded");
}

/// The resources of an accepted version: one whose content is as before keeps its version, one that is missing is gone.
fn say(
    at: i64,
    plan: &PreparedPlan,
    now: &PlanNow,
    known: &mut HashMap<Uuid, ResourceNow>,
    before: &mut Vec<Before>,
) -> Vec<Packed> {
    let here = Place::Here(now.plan_key, now.newest);
    let mut said = Vec::with_capacity(plan.resources.len());
    said.extend(plan.resources.iter().map(|one| say_one(at, one, (now.plan_key, here), known, before)));
    if now.resources.is_empty() {
        return said;
    }
    let ids: HashSet<Uuid> = said.iter().map(|one| one.id).collect();
    for &id in now.resources.iter().filter(|id| !ids.contains(id)) {
        if let Some(resource) = known.get_mut(&id)
            && resource.plan_key == now.plan_key
            && !resource.shared
        {
            resource.gone = true;
            resource.touch();
            before.push(Before { id, version: resource.version, gone: true, at: here, updated_at: at });
        }
    }
    said
}

fn say_one(
    at: i64,
    one: &PreparedResource,
    (plan_key, here): (i64, Place),
    known: &mut HashMap<Uuid, ResourceNow>,
    before: &mut Vec<Before>,
) -> Packed {
    let new = || ResourceNow {
        at: here,
        plan_key,
        shared: false,
        gone: false,
        version: 1,
        updated_at: at,
        digest: one.digest,
        kind: one.kind,
        row: RowChange::Made,
    };
    let resource = known.entry(one.id).or_insert_with(new);
    if resource.plan_key != plan_key && !resource.shared {
        resource.shared = true;
        resource.touch();
    }
    if resource.gone || resource.digest != one.digest {
        let ResourceNow { shared, row, version, at, updated_at, .. } = *resource;
        before.push(Before { id: one.id, version, gone: false, at, updated_at });
        *resource = ResourceNow { shared, version: version + 1, row, ..new() };
        resource.touch();
    }
    let (version, updated_at) = (resource.version, resource.updated_at);
    Packed { kind: one.kind.to_owned(), id: one.id, version, updated_at, json: Arc::clone(&one.json) }
}

impl Changes<'_> {
    /// What became of the records that were filed.
    pub(super) fn filed(&self, known: &Known) -> Filed {
        let newest: HashMap<i64, i64> = known.plans.values().map(|plan| (plan.plan_key, plan.newest)).collect();
        let filed = |line: &RecordLine<'_>| {
            let (plan_key, version) = line.filed?;
            let superseded = newest.get(&plan_key).is_some_and(|newest| *newest > version);
            Some(((line.submission_key, line.record.ordinal), (version, superseded)))
        };
        self.records.iter().filter_map(filed).collect()
    }
}

impl Known {
    /// The resources whose row changes, in the order of their ids, so that two writers meet in the same order.
    pub(super) fn changed_resources(&self) -> Vec<(Uuid, &ResourceNow)> {
        let mut changed: Vec<_> =
            self.resources.iter().filter(|(_, now)| now.row != RowChange::Stays).map(|(id, now)| (*id, now)).collect();
        changed.sort_unstable_by_key(|(id, _)| *id);
        changed
    }
}
