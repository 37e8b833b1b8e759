//! A search as FHIR says it: what is asked for, and whether a resource is it. Pure; what is looked through comes from the
//! store, and an agency's scope is kept there.
//!
//! Within a parameter the values are alternatives, several parameters all hold. What is asked that we do not know is listed
//! by name and changes nothing; whether that is an error, the caller's `Prefer` says. A value is never repeated.

mod mark;
mod moment;
mod order;
mod table;
mod wanted;

use serde_json::Value;
use uuid::Uuid;

use super::{Ids, system::OWN_BASE};
use moment::{Stretch, When};
use wanted::{How, System, Wanted, elements, pointed_to};

pub use mark::{Mark, Marks, marks};
pub use order::{Order, Way};
pub use table::Searched;
pub(super) use table::{Form, TYPES};

/// Entries of a page, when nothing else is asked.
pub const PAGE: usize = 50;

/// Most entries of a page.
pub const LONGEST_PAGE: usize = 200;

/// A search of one type.
#[derive(Debug)]
pub struct Asked {
    /// The type searched.
    pub searched: &'static Searched,
    /// Entries of a page.
    pub count: usize,
    /// Only how many there are.
    pub only_count: bool,
    /// Where the page begins, as the link that leads here said it.
    pub page: Option<String>,
    /// Names of parameters that were not used.
    pub unused: Vec<String>,
    /// The parameters that were used, as they came, without those that say how the answer looks.
    pub used: Vec<(String, String)>,
    /// In which order the matches are wanted; by their last change where nothing is said.
    pub order: Option<Order>,
    /// Provenances of what is found are wanted too.
    pub with_provenance: bool,
    criteria: Vec<Criterion>,
    ids: Option<Vec<Uuid>>,
    changed: Vec<Vec<When>>,
    included: Vec<(&'static table::Parameter, Option<String>)>,
}

#[derive(Debug)]
struct Criterion {
    parameter: &'static table::Parameter,
    any_of: Vec<Wanted>,
}

/// A parameter that is known and cannot be used as it was sent; its value is not told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{parameter}: {why}")]
pub struct Wrong {
    /// The parameter.
    pub parameter: String,
    /// What it takes.
    pub why: &'static str,
}

impl Asked {
    /// A search by the parameters of an URL or a form.
    pub fn of(searched: &'static Searched, pairs: &[(String, String)]) -> Result<Self, Wrong> {
        let mut asked = Self {
            searched,
            count: PAGE,
            only_count: false,
            page: None,
            unused: Vec::new(),
            used: Vec::new(),
            order: None,
            with_provenance: false,
            criteria: Vec::new(),
            ids: None,
            changed: Vec::new(),
            included: Vec::new(),
        };
        for (name, value) in pairs.iter().filter(|(name, _)| name != "_format" && name != "_pretty") {
            let is_used = !value.is_empty() && asked.take(name, value)?;
            if !is_used {
                asked.unused.push(shown(name));
            } else if name != "_page" {
                asked.used.push((name.clone(), value.clone()));
            }
        }
        Ok(asked)
    }

    /// Takes a parameter; whether it is one that we know.
    fn take(&mut self, name: &str, value: &str) -> Result<bool, Wrong> {
        let wrong = |why| Wrong { parameter: shown(name), why };
        match name {
            "_id" => {
                let ids: Vec<Uuid> = value.split(',').filter_map(|id| Uuid::try_parse(id).ok()).collect();
                self.ids = Some(match self.ids.take() {
                    Some(before) => before.into_iter().filter(|id| ids.contains(id)).collect(),
                    None => ids,
                });
            }
            "_lastUpdated" => {
                let times: Option<Vec<When>> = value.split(',').map(When::of).collect();
                self.changed.push(times.ok_or_else(|| wrong(A_DATE))?);
            }
            "_count" => {
                let many: usize = value.parse().map_err(|_| wrong("it takes a whole number"))?;
                self.only_count |= many == 0;
                self.count = many.clamp(1, LONGEST_PAGE);
            }
            "_summary" => match value {
                "count" => self.only_count = true,
                "false" => {}
                _ => return Ok(false),
            },
            "_sort" => self.order = Some(Order::of(self.searched, value).map_err(wrong)?),
            "_page" => self.page = Some(value.to_owned()),
            "_include" => return Ok(self.include(value)),
            "_revinclude" if value == "Provenance:target" => self.with_provenance = true,
            _ => return self.criterion(name, value),
        }
        Ok(true)
    }

    fn include(&mut self, value: &str) -> bool {
        let mut parts = value.split(':');
        let parameter = match (parts.next(), parts.next()) {
            (Some(kind), Some(name)) if kind == self.searched.kind => self.searched.parameter(name),
            _ => None,
        };
        let Some(parameter) = parameter.filter(|one| one.form == Form::Reference && one.points_somewhere()) else {
            return false;
        };
        self.included.push((parameter, parts.next().map(str::to_owned)));
        true
    }

    fn criterion(&mut self, name: &str, value: &str) -> Result<bool, Wrong> {
        let (plain, modifier) = name.split_once(':').map_or((name, None), |(plain, modifier)| (plain, Some(modifier)));
        let is_control = matches!(plain, "_id" | "_lastUpdated" | "_include" | "_revinclude") && modifier.is_some();
        let wrong = |why| Wrong { parameter: shown(name), why };
        if is_control {
            return Err(wrong(NO_MODIFIER));
        }
        let Some(parameter) = self.searched.parameter(plain) else { return Ok(false) };
        let kind = modifier.filter(|modifier| match parameter.form {
            Form::Reference => Searched::named(modifier).is_some(),
            Form::Text => How::named(modifier).is_some(),
            Form::Token | Form::Date => false,
        });
        if modifier != kind {
            return Err(wrong(NO_MODIFIER));
        }
        let any_of: Option<Vec<Wanted>> =
            alternatives(value).iter().map(|one| Wanted::of(parameter.form, one, kind)).collect();
        let any_of = any_of.ok_or_else(|| {
            wrong(if parameter.form == Form::Date { A_DATE } else { "it takes Type/id, or an id alone" })
        })?;
        self.criteria.push(Criterion { parameter, any_of });
        Ok(true)
    }

    /// The ids among which everything that fits is, when the search names them.
    pub fn ids(&self, ids: &Ids) -> Option<Vec<Uuid>> {
        self.ids.clone().or_else(|| {
            let identifier = self.criteria.iter().find(|one| one.parameter.name == "identifier")?;
            identifier.any_of.iter().map(|one| identified(self.searched.kind, one, ids)).collect()
        })
    }

    /// The people whose records are asked for, when the search names them.
    pub fn people(&self) -> Option<Vec<Uuid>> {
        let named = self.criteria.iter().filter(|one| one.parameter.is_of_person());
        let named = named.map(|one| one.any_of.iter().filter_map(Wanted::only_id).collect::<Vec<_>>());
        named.reduce(|all, some| all.into_iter().filter(|id| some.contains(id)).collect())
    }

    /// Between which moments (microseconds since 1970) a resource must have changed: from the first on, before the second.
    pub fn changed_between(&self) -> (i64, i64) {
        let mut between = (i64::MIN, i64::MAX);
        for bounds in self.changed.iter().filter_map(|any_of| any_of.first().filter(|_| any_of.len() == 1)) {
            let (from, before) = bounds.bounds();
            between = (between.0.max(from), between.1.min(before));
        }
        between
    }

    /// Between which moments everything that fits has changed, where that is all that is asked.
    pub fn only_changed_between(&self) -> Option<(i64, i64)> {
        let is_plain = |any_of: &Vec<When>| matches!(&any_of[..], [one] if one.is_one_stretch());
        let is_all = self.criteria.is_empty() && self.ids.is_none() && self.changed.iter().all(is_plain);
        is_all.then(|| self.changed_between())
    }

    /// Whether a resource, last changed at a moment, is what is asked for.
    pub fn fits(&self, resource: &Value, changed_at: i64) -> bool {
        let at = Stretch::moment(changed_at);
        let id = || resource.get("id").and_then(Value::as_str).and_then(|id| Uuid::try_parse(id).ok());
        self.ids.as_ref().is_none_or(|ids| id().is_some_and(|id| ids.contains(&id)))
            && self.changed.iter().all(|any_of| any_of.iter().any(|when| when.holds(at)))
            && self.criteria.iter().all(|criterion| criterion.fits(resource))
    }

    /// What the resource points to and is to come with it, as type and id.
    pub fn included(&self, resource: &Value) -> Vec<(String, Uuid)> {
        let mut found = Vec::new();
        for (parameter, only) in &self.included {
            for element in elements(resource, parameter) {
                let pointed = element.get("reference").and_then(Value::as_str).and_then(pointed_to);
                let pointed = pointed.filter(|(kind, _)| only.as_deref().is_none_or(|only| only == *kind));
                found.extend(pointed.and_then(|(kind, id)| Some((kind.to_owned(), Uuid::try_parse(id).ok()?))));
            }
        }
        found
    }
}

impl Criterion {
    fn fits(&self, resource: &Value) -> bool {
        // A Provenance says whose it is by its targets alone: it is found in the person's own plans.
        if !self.parameter.points_somewhere() {
            return true;
        }
        let elements = elements(resource, self.parameter);
        let of_person = self.parameter.name == "patient";
        let is_person = |element: &Value| {
            let kind = element.get("reference").and_then(Value::as_str).and_then(pointed_to);
            kind.is_some_and(|(kind, _)| kind == "Patient")
        };
        elements
            .into_iter()
            .filter(|element| !of_person || is_person(element))
            .any(|element| self.any_of.iter().any(|wanted| wanted.fits(element)))
    }
}

/// Whether a resource's Provenance is among these targets.
pub fn is_about(provenance: &Value, ids: &[Uuid]) -> bool {
    let targets = provenance.get("target").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    targets.iter().any(|target| {
        let pointed = target.get("reference").and_then(Value::as_str).and_then(pointed_to);
        pointed.and_then(|(_, id)| Uuid::try_parse(id).ok()).is_some_and(|id| ids.contains(&id))
    })
}

const A_DATE: &str = "it takes a date such as 2026-11-01, with eq, ne, gt, lt, ge, le, sa, eb or ap before it";
const NO_MODIFIER: &str = "this modifier is not offered";

/// The one resource that an identifier can name: ours say the id, an agency's own make it.
fn identified(kind: &str, wanted: &Wanted, ids: &Ids) -> Option<Uuid> {
    let Wanted::Token { system, code } = wanted else { return None };
    let own = code.strip_prefix("urn:uuid:").and_then(|id| Uuid::try_parse(id).ok());
    match system {
        System::Named(system) if system.ends_with("/sid/plan-version") => None,
        System::Named(system) => match of_agency(system) {
            Some((agency, "person")) if kind == "Patient" => Some(ids.of("Patient", &agency, &[code])),
            Some((agency, "plan")) if kind == "CarePlan" => Some(ids.of("CarePlan", &agency, &[code])),
            _ => own.filter(|_| system.starts_with(OWN_BASE)),
        },
        System::Any | System::None => None,
    }
}

/// The agency and the list that a system of identifiers of an agency is about.
fn of_agency(system: &str) -> Option<(String, &str)> {
    let (agency, list) = system.strip_prefix(OWN_BASE)?.strip_prefix("sid/agency/")?.split_once('/')?;
    let mut bytes = Vec::with_capacity(agency.len());
    let mut rest = agency.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first == b'%' {
            let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok())?;
            bytes.push(u8::from_str_radix(pair, 16).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(*first);
        }
    }
    Some((String::from_utf8(bytes).ok()?, list))
}

/// The values of a parameter: parted by commas, which a backslash takes into the value.
fn alternatives(value: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        let last = all.last_mut().expect("the list above begins with one");
        match letter {
            '\\' => last.extend(letters.next()),
            ',' => all.push(String::new()),
            letter => last.push(letter),
        }
    }
    all.retain(|one| !one.is_empty());
    all
}

/// A name that a caller sent, where it can be no text of a record.
pub fn shown(name: &str) -> String {
    let plain = name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte));
    if plain && !name.is_empty() { name.to_owned() } else { "(a name of another form)".to_owned() }
}
