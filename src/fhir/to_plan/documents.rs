//! A file of FHIR cut into what belongs together, each `CarePlan` in it read, and the places kept for whoever asks.

use std::{
    borrow::Cow,
    collections::{HashSet, VecDeque},
    io::BufRead,
    sync::Arc,
};

use serde_json::Value;

use super::{
    leftovers::{self, Left},
    reading::Reading,
    world::{Node, World},
};
use crate::{
    fhir::system::{code, extension},
    mapping::{Mapped, Mapping, Read, Records, Unread, Unreadable, unreadable_json},
    plan::{
        Place,
        place::{Locate, Spot},
    },
    source::{
        BrokenRecord,
        json::{Document, Documents},
        pointer::{self, Cursor},
    },
};

/// The most that is held of resources that stand alone, in bytes.
const HELD_CAP: usize = 64 << 20;
const UNREADABLE: &str = "FILE-001";
const NOTE: &str = "FILE-006";
const NOTE_MESSAGE: &str = "This CarePlan is a note: a text, without goals, steps or strengths in fields of their own. It was not \
    judged and makes no plan. If it is a recovery plan, please send its goals as Goal and its strengths as Observation.";

/// Begins to read a file of FHIR by a mapping that is for it.
pub fn open(mapping: &Arc<Mapping>, file: &str, input: Box<dyn BufRead + Send>) -> Result<Records, Unreadable> {
    let documents = mapping.documents(file, input)?;
    let plans = Plans {
        mapping: Arc::clone(mapping),
        file: file.into(),
        documents: Some(documents),
        held: Vec::new(),
        held_bytes: 0,
        ready: VecDeque::new(),
        ordinal: 0,
    };
    Ok(Records::made(mapping, file, Box::new(plans)))
}

/// The plans of one file.
struct Plans {
    mapping: Arc<Mapping>,
    file: Arc<str>,
    documents: Option<Documents>,
    /// Resources that stand alone or on the pages of a search.
    held: Vec<(Document, Value)>,
    held_bytes: usize,
    ready: VecDeque<Mapped>,
    ordinal: u64,
}

impl Iterator for Plans {
    type Item = Mapped;

    fn next(&mut self) -> Option<Mapped> {
        loop {
            if let Some(mut mapped) = self.ready.pop_front() {
                self.ordinal += 1;
                mapped.ordinal = self.ordinal;
                return Some(mapped);
            }
            match self.documents.as_mut()?.next() {
                Some(Ok(document)) => self.take(document),
                Some(Err(broken)) => self.refuse_broken(broken),
                None => {
                    self.documents = None;
                    let held = std::mem::take(&mut self.held);
                    if !held.is_empty() {
                        self.read(held);
                    }
                }
            }
        }
    }
}

impl Plans {
    fn take(&mut self, document: Document) {
        let start = self.start(&document);
        let tree: Value = match serde_json::from_str(&document.text) {
            Ok(tree) => tree,
            Err(error) => {
                let unreadable = unreadable_json(&error, &document, &start);
                return self.refuse(start, document.into_raw(), unreadable);
            }
        };
        if let Some(at) = doubled(&document.text) {
            let message = "An element is given twice here, so that we cannot tell which of the two holds.";
            let place = place_at(&document, at, &start);
            return self.refuse_with(start, document.into_raw(), place, message.to_owned());
        }
        let Some(kind) = tree["resourceType"].as_str() else {
            let message = "This object has no resourceType, so it is no FHIR resource.";
            return self.refuse_with(start.clone(), document.into_raw(), start, message.to_owned());
        };
        if kind == "Bundle" && !matches!(tree["type"].as_str(), Some("searchset" | "history")) {
            return self.read(vec![(document, tree)]);
        }
        self.held_bytes += document.text.len();
        if self.held_bytes > HELD_CAP {
            let message = format!(
                "The resources of this file are more than {} MB, which is more than can be held to put plans together. \
                 Please send a Bundle for each person.",
                HELD_CAP >> 20
            );
            self.documents = None;
            self.held.clear();
            return self.refuse_with(start.clone(), document.into_raw(), start, message);
        }
        self.held.push((document, tree));
    }

    fn start(&self, document: &Document) -> Place {
        Place { file: Arc::clone(&self.file), line: document.line, column: document.column, field: None }
    }

    fn refuse_broken(&mut self, broken: BrokenRecord) {
        let start = Place { file: Arc::clone(&self.file), line: broken.line, column: 0, field: None };
        let place = Place { line: broken.broken.line, column: broken.broken.column, ..start.clone() };
        self.refuse_with(start, broken.raw, place, broken.broken.message);
    }

    fn refuse_with(&mut self, start: Place, raw: Vec<u8>, place: Place, message: String) {
        self.refuse(start, raw, Unreadable { rule: UNREADABLE, place, message });
    }

    fn refuse(&mut self, start: Place, raw: Vec<u8>, unreadable: Unreadable) {
        self.ready.push_back(Mapped { ordinal: 0, start, raw, read: Err(unreadable) });
    }

    /// Reads every plan of resources that belong together.
    fn read(&mut self, documents: Vec<(Document, Value)>) {
        let (documents, trees): (Vec<Document>, Vec<Value>) = documents.into_iter().unzip();
        let start = self.start(&documents[0]);
        let world = World::of(&trees);
        let mut readings: Vec<Reading<'_>> = plans_in(&world).into_iter().map(Reading::of).collect();
        if readings.is_empty() {
            let message = "There is no CarePlan here that could be read, so there is no plan. Please send the CarePlan together \
                           with its goals and strengths.";
            return self.refuse_with(start.clone(), raw_of(&documents), start, message.to_owned());
        }
        let drawn_on = leftovers::drawn_on(&readings, &world);
        let mut said = Vec::with_capacity(readings.len());
        for (at, reading) in readings.iter_mut().enumerate() {
            let left = leftovers::gather(reading, &drawn_on, at == 0);
            let raw = if at == 0 { raw_of(&documents) } else { raw_of_one(&documents, reading.care_plan) };
            let note = is_note(reading).then(|| note_spot(reading.care_plan));
            said.push((left, raw, note, reading.care_plan.spot()));
        }
        let plans: Vec<_> = readings.into_iter().map(|reading| (reading.plan, reading.places)).collect();
        drop(world);
        let roots = trees.iter().map(|tree| tree["resourceType"].as_str().unwrap_or_default().into()).collect();
        let source = Arc::new(Source { file: Arc::clone(&self.file), documents, roots });
        for ((mut plan, mut places), (left, raw, note, spot)) in plans.into_iter().zip(said) {
            let start = source.place(Spot::Element(&spot)).unwrap_or_else(|| start.clone());
            if let Some(spot) = note {
                let place = source.place(Spot::Element(&spot)).unwrap_or_else(|| start.clone());
                self.refuse(start, raw, Unreadable { rule: NOTE, place, message: NOTE_MESSAGE.to_owned() });
                continue;
            }
            plan.source.mapping_id = Some(self.mapping.id().to_owned());
            plan.source.mapping_version = Some(self.mapping.version().to_owned());
            plan.unmapped.retain(|one| !self.mapping.ignores(&one.path));
            let left = left.into_iter().filter(|one| !self.mapping.ignores(&one.path));
            let unread = left.map(|Left { path, spot }| Unread {
                place: source.place(Spot::Element(&spot)).unwrap_or_else(|| start.clone()),
                path,
            });
            let unread = unread.collect();
            places.located_by(start.clone(), Arc::clone(&source) as Arc<dyn Locate>);
            self.ready.push_back(Mapped { ordinal: 0, start, raw, read: Ok(Read { plan, places, unread }) });
        }
    }
}

/// The `CarePlan`s that stand for themselves.
fn plans_in<'w>(world: &'w World<'w>) -> Vec<Node<'w>> {
    let is_part = |plan: &Node<'w>| plan.items("partOf").iter().any(|part| world.find(part.value, part.of).is_some());
    world.all("CarePlan").filter(|plan| !is_part(plan)).collect()
}

/// Whether a `CarePlan` is nothing but a text, and does not say that it is a person-centered plan.
fn is_note(reading: &Reading<'_>) -> bool {
    let care_plan = reading.care_plan;
    let says = |category: &Node<'_>| {
        category.has_code(code::OWN_PLAN_CATEGORY, "pcrp") || category.has_code(code::PCO, "person-centered")
    };
    let profiles = care_plan.get("meta").map(|meta| meta.items("profile")).unwrap_or_default();
    let is_of_a_guide = profiles
        .iter()
        .filter_map(|one| one.text())
        .any(|profile| ["/us/eltss/", "/us/pco/", "ownwords.org/fhir/"].iter().any(|guide| profile.contains(guide)));
    let holds = ["goal", "activity", "supportingInfo", "addresses", "careTeam"];
    let has_text = ["text", "description", "note"].iter().any(|name| care_plan.get(name).is_some());
    has_text
        && !is_of_a_guide
        && !care_plan.items("category").iter().any(says)
        && care_plan.extensions(extension::SECTION_ABSENCE).is_empty()
        && holds.iter().all(|name| care_plan.items(name).is_empty())
        && reading.plan.goals.is_empty()
        && reading.plan.strengths.is_empty()
}

fn note_spot(care_plan: Node<'_>) -> String {
    care_plan.get("text").and_then(|text| text.get("div")).or(care_plan.get("description")).unwrap_or(care_plan).spot()
}

fn raw_of(documents: &[Document]) -> Vec<u8> {
    documents.iter().map(Document::raw).collect::<Vec<_>>().join(&b'\n')
}

/// The `CarePlan` alone, of a plan that shares its bytes with others before it.
fn raw_of_one(documents: &[Document], care_plan: Node<'_>) -> Vec<u8> {
    let entry = care_plan.entry();
    let text = &documents[entry.document].text;
    let resource = pointer::find(text, &entry.pointer).and_then(|at| Cursor::new(&text[at..]).value());
    resource.unwrap_or_default().as_bytes().to_vec()
}

/// A member's name without JSON's escapes: written in two ways it is still one name.
fn unescaped(name: &str) -> Cow<'_, str> {
    if name.contains('\\') { pointer::plain_name(name).into() } else { name.into() }
}

/// Where an object names a member twice.
fn doubled(text: &str) -> Option<usize> {
    fn within(cursor: &mut Cursor<'_>) -> Option<usize> {
        match cursor.peek() {
            Some(b'{') => {
                cursor.enter();
                let mut seen = HashSet::new();
                while let Some(name) = cursor.member() {
                    if !seen.insert(unescaped(name)) {
                        return Some(cursor.at);
                    }
                    if let Some(at) = within(cursor) {
                        return Some(at);
                    }
                }
                None
            }
            Some(b'[') => {
                cursor.enter();
                while cursor.element().is_some() {
                    if let Some(at) = within(cursor) {
                        return Some(at);
                    }
                }
                None
            }
            _ => {
                cursor.value();
                None
            }
        }
    }
    within(&mut Cursor::new(text))
}

fn place_at(document: &Document, at: usize, start: &Place) -> Place {
    let (line, column) = pointer::line_and_column(&document.text, at, document.line, document.column);
    let steps: Vec<String> = pointer::around(&document.text, at).split('/').skip(1).map(leftovers::shown).collect();
    let field = (!steps.is_empty()).then(|| format!("/{}", steps.join("/")).into());
    Place { line, column, field, ..start.clone() }
}

/// The documents that plans came from.
#[derive(Debug)]
struct Source {
    file: Arc<str>,
    documents: Vec<Document>,
    /// The resource type of each.
    roots: Vec<Arc<str>>,
}

impl Locate for Source {
    fn place(&self, spot: Spot<'_>) -> Option<Place> {
        let Spot::Element(spot) = spot else { return None };
        let (number, path) = spot.split_once(':')?;
        let number: usize = number.parse().ok()?;
        let document = self.documents.get(number)?;
        let at = pointer::find(&document.text, path)?;
        let (line, column) = pointer::line_and_column(&document.text, at, document.line, document.column);
        let field = element_path(self.roots.get(number)?, path);
        Some(Place { file: Arc::clone(&self.file), line, column, field: Some(field.as_str().into()) })
    }
}

/// A JSON pointer as a FHIR element path, such as `Bundle.entry[3].resource.description.text`.
pub fn element_path(root: &str, path: &str) -> String {
    let mut said = leftovers::shown(root);
    for step in path.split('/').skip(1) {
        if step.bytes().all(|byte| byte.is_ascii_digit()) {
            said.extend(["[", step, "]"]);
        } else {
            said.extend([".", &leftovers::shown(step)]);
        }
    }
    said
}
