//! What the conditions of a request mean: which of ours they name. None, one, or too many.

use serde_json::Value;
use uuid::Uuid;

use super::{Part, Way};
use crate::{
    fhir::{
        found::Mode,
        search::{Asked, Searched},
    },
    http::{Service, error::HttpError, find, search},
    store::{AgencyScope, Standing},
};

const SEVERAL: HttpError = HttpError::Condition(
    "multiple-matches",
    "More than one resource fits the condition. Please name one: by its id, or by an identifier that is its alone.",
);
const NONE: HttpError = HttpError::Condition(
    "not-found",
    "A reference by condition names none of ours; it must name exactly one. Please send the resource with the plan.",
);

/// Settles all conditions of the parts.
pub(super) async fn settle(service: &Service, scope: &AgencyScope, parts: &mut [Part]) -> Result<(), HttpError> {
    for part in parts {
        let kind = part.resource["resourceType"].as_str().unwrap_or_default().to_owned();
        let settled = match &part.way {
            Way::Create { unless: Some(query) } => {
                let query = query.split_once('?').map_or(query.as_str(), |(_, query)| query);
                let pairs = search::pairs_of(query).map_err(|error| part.told(error))?;
                let found = matching(service, scope, &kind, &pairs).await.map_err(|error| part.told(error))?;
                found.map_or(Way::Create { unless: None }, Way::Held)
            }
            Way::UpdateWhere { kind, pairs, if_match } => {
                let found = matching(service, scope, kind, pairs).await.map_err(|error| part.told(error))?;
                if let Some(id) = found {
                    part.resource["id"] = id.to_string().into();
                    Way::Update { kind: kind.clone(), id, if_match: if_match.clone(), only_new: false }
                } else {
                    super::may(kind, "create").map_err(|error| part.told(error))?;
                    Way::Create { unless: None }
                }
            }
            _ => continue,
        };
        part.way = settled;
    }
    Ok(())
}

/// Puts what they name in the place of references by condition.
pub(super) async fn settle_references(
    service: &Service,
    scope: &AgencyScope,
    part: &mut Part,
) -> Result<(), HttpError> {
    let all = crate::fhir::written::references(&part.resource);
    for written in all.iter().filter(|written| written.contains('?') && !written.contains("://")) {
        let (kind, query) = written.split_once('?').unwrap_or_default();
        let found = named(service, scope, kind, query).await.map_err(|error| part.told(error))?;
        replace(&mut part.resource, written, &format!("{kind}/{found}"));
    }
    Ok(())
}

/// The one resource that a reference by condition names.
async fn named(service: &Service, scope: &AgencyScope, kind: &str, query: &str) -> Result<Uuid, HttpError> {
    matching(service, scope, kind, &search::pairs_of(query)?).await?.ok_or(NONE)
}

fn replace(value: &mut Value, written: &str, by: &str) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if name == "reference" && *member == *written {
                    *member = by.into();
                } else {
                    replace(member, written, by);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, written, by)),
        _ => {}
    }
}

/// The one resource that fits, if any does.
async fn matching(
    service: &Service,
    scope: &AgencyScope,
    kind: &str,
    pairs: &search::Pairs,
) -> Result<Option<Uuid>, HttpError> {
    let searched = Searched::named(kind).ok_or_else(|| wrong("A condition names a type that we keep nothing of."))?;
    let mut asked = Asked::of(searched, pairs).map_err(|wrong| HttpError::BadRequest(format!("{wrong}.")))?;
    if !asked.unused.is_empty() {
        return Err(HttpError::NotOffered(asked.unused.join(", ")));
    }
    if asked.used.is_empty() {
        return Err(wrong("A condition needs a search parameter, such as identifier=system|value."));
    }
    let id = |resource: &Value| resource["id"].as_str().and_then(|id| Uuid::try_parse(id).ok());
    let mut found: Vec<Uuid> = Vec::new();
    // A page may hold less than there is: one that looks for a second goes on to the end.
    loop {
        let page = find::page(service, scope, &mut asked).await?;
        let matches = page.entries.iter().filter(|(mode, _)| *mode == Mode::Match);
        found.extend(matches.filter_map(|(_, resource)| id(resource)));
        asked.page = page.next.map(|spot| spot.text());
        if found.len() > 1 || asked.page.is_none() {
            break;
        }
    }
    if found.is_empty() {
        found.extend(by_key(service, scope, kind, pairs).await?);
    }
    match found[..] {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        _ => Err(SEVERAL),
    }
}

/// A plan or a person by the agency's own identifier. Its system is not kept: within an agency the value is the key.
async fn by_key(
    service: &Service,
    scope: &AgencyScope,
    kind: &str,
    pairs: &search::Pairs,
) -> Result<Option<Uuid>, HttpError> {
    let (AgencyScope::Only(agency), [(name, token)], true) =
        (scope, &pairs[..], matches!(kind, "CarePlan" | "Patient"))
    else {
        return Ok(None);
    };
    let value = token.split_once('|').map_or(token.as_str(), |(_, value)| value);
    if name != "identifier" || value.is_empty() {
        return Ok(None);
    }
    let id = service.intake.ids.of(kind, agency, &[value]);
    Ok(matches!(service.intake.store.resource(kind, id, scope).await?, Standing::Here(_)).then_some(id))
}

fn wrong(text: &str) -> HttpError {
    HttpError::BadRequest(text.to_owned())
}
