//! Ids that are one person: told by somebody, or by Patient.link in a FHIR file, and recorded before anything of that file is
//! kept. Identity is the agency and its id; nothing here compares people.

use std::io::{self, Read};

use memchr::memmem;
use serde_json::{Deserializer, Value};
use tokio::task;
use uuid::Uuid;

use super::{
    bytes::Bytes,
    keep::{Incoming, Intake, ReceiveError},
};
use crate::{
    events,
    fhir::merged::{self, Named},
    plan::Plan,
    store::{AgencyScope, NewMerge, Said, StoreError, Told, Way},
};

/// Why a Patient says that ids are one person.
const BY_LINK: &str = "Patient.link";

/// Bytes that are looked through where they came in.
const SMALL: u64 = 64 << 10;

/// Stands in every file that tells of a merge.
const SIGN: &[u8] = b"\"replace";

impl Intake {
    /// Records that an id of an agency was given up for another.
    pub async fn tell_merge(
        &self,
        agency: &str,
        (person_id, survivor_id): (&str, &str),
        said: &Said,
    ) -> Result<Told, StoreError> {
        let patient = |id: &str| self.ids.of("Patient", agency, &[id]);
        let new = NewMerge {
            agency: agency.to_owned(),
            person_id: person_id.to_owned(),
            survivor_id: survivor_id.to_owned(),
            refs: (patient(person_id), patient(survivor_id)),
        };
        self.store.merge(&new, said).await
    }

    /// Records what each Patient among these resources tells; what it came to.
    pub async fn tell_by_link(&self, agency: &str, by: &str, resources: &[Value]) -> Result<Vec<Told>, StoreError> {
        let said = Said { at: self.clock.now(), by: by.to_owned(), why: BY_LINK.to_owned(), way: Way::Fhir };
        let mut all = Vec::new();
        for merge in merged::told(resources, agency) {
            let ids = (self.local_id(agency, merge.given_up).await?, self.local_id(agency, merge.survivor).await?);
            if let (Some(person), Some(survivor)) = ids
                && person != survivor
            {
                all.push(self.tell_merge(agency, (&person, &survivor), &said).await?);
            }
        }
        let count = |is: fn(&Told) -> bool| all.iter().filter(|told| is(told)).count() as u64;
        let merges = count(|told| matches!(told, Told::Now(_)));
        let disputes = count(|told| matches!(told, Told::Otherwise(_)));
        if merges + disputes > 0 {
            events::MergesTold { merges, disputes }.emit();
        }
        Ok(all)
    }

    /// Records what Patient.link tells in a FHIR file.
    pub(super) async fn told_in(&self, incoming: &Incoming) -> Result<(), ReceiveError> {
        if !incoming.mapping.is_fhir() {
            return Ok(());
        }
        let bytes = incoming.bytes.clone();
        let resources = if incoming.size <= SMALL {
            resources(&bytes)?
        } else {
            task::spawn_blocking(move || resources(&bytes)).await.map_err(|_| ReceiveError::Broken)??
        };
        self.tell_by_link(&incoming.agency, &incoming.caller, &resources).await?;
        Ok(())
    }

    /// The agency's id of a person, as a Patient names them; none where it is a person of another agency.
    async fn local_id(&self, agency: &str, named: Named) -> Result<Option<String>, StoreError> {
        let id = match named {
            Named::Local(id) => return Ok(Some(id)),
            Named::Pointed(id) => id,
        };
        let Ok(ours) = Uuid::try_parse(&id) else { return Ok(Some(id)) };
        match self.store.plan_of_person(ours, &AgencyScope::All).await? {
            Some((of, json)) if of == agency => {
                let plan: Option<Plan> = serde_json::from_str(&json).ok();
                Ok(plan.and_then(|plan| plan.person.local_id))
            }
            Some(_) => Ok(None),
            None => Ok(Some(id)),
        }
    }
}

/// The resources of a file that tells of merges; none of one that tells of none. What cannot be read, reading its plans tells.
fn resources(bytes: &Bytes) -> io::Result<Vec<Value>> {
    let mut raw = Vec::new();
    bytes.reader()?.read_to_end(&mut raw)?;
    Ok(resources_in(&raw))
}

/// The same of bytes at hand.
pub fn resources_in(raw: &[u8]) -> Vec<Value> {
    if memmem::find(raw, SIGN).is_none() {
        return Vec::new();
    }
    let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    let mut all = Vec::new();
    for one in Deserializer::from_slice(raw).into_iter::<Value>().map_while(Result::ok) {
        match one {
            Value::Array(some) => all.extend(some),
            one => all.push(one),
        }
    }
    all
}
