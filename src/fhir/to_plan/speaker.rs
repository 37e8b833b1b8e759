//! What was said, by whom, and how it came here: our own words-capture first, then `expressedBy`, a Provenance, a label.
//!
//! A goal that staff expressed is never taken for the person's own, and words of which nothing says whose they are stay so.

use super::{
    goals::{MARKED_ABSENT, is_marked_absent},
    reading::{Reading, Who},
    world::Node,
};
use crate::{
    fhir::system::{code, extension},
    plan::goal::{Attestation, CaptureMethod, Coding, ExpressedBy, Statement, Translation},
    words::Words,
};

/// Reads the words of a goal.
pub(super) fn statement<'w>(reading: &mut Reading<'w>, goal: Node<'w>, at: &str) -> Statement {
    let at = |field: &str| format!("{at}/{field}");
    let description = goal.get("description");
    let text = description.filter(|one| !is_marked_absent(*one)).and_then(|one| one.get("text"));
    let capture = goal.extensions(extension::WORDS_CAPTURE).first().copied();
    let part = |url: &str| capture.and_then(|capture| capture.part(url));
    let method = capture.and_then(|capture| capture.extensions("method").first().copied());
    let method = method.filter(|method| !method.is_assumed("valueCode")).and_then(Node::any_value);
    let mut read = Statement {
        text: reading.read(at("text"), text),
        raw: reading.read(at("raw"), part("raw")),
        expressed_by: reading.read(at("expressed_by"), part("expressedBy")),
        capture_method: reading.read(at("capture_method"), method),
        attestation: attestation(reading, capture, &at("attestation")),
        ..Statement::default()
    };
    if read.capture_method == Some(CaptureMethod::Unknown) && !reading.wrote(goal) {
        read.capture_method = None;
    }
    if let Some(beside) = description.and_then(|one| one.get("_text")) {
        let language = beside.extensions(extension::LANGUAGE).first().copied();
        let is_ours = reading.wrote(goal);
        read.lang = reading.read(at("lang"), language.and_then(|language| tag_of(language, is_ours)));
        language.iter().for_each(|language| language.mark());
        translations(reading, beside, capture, &mut read);
    }
    if let Some(lossy) = part("lossy") {
        reading.plan.source.lossy = lossy.value.as_bool();
    }
    if let Some(capture) = capture {
        capture.mark();
    }
    read.coding = codings(reading, description, &at("coding"));
    if let Some(description) = description.filter(|one| is_marked_absent(*one) && one.get("text").is_none()) {
        description.mark();
    }
    if read.expressed_by.is_none() && !reading.wrote(goal) {
        read.expressed_by = whose(reading, goal, &at("expressed_by"));
    }
    if read.capture_method.is_none() && is_a_label(description, read.text.as_ref()) {
        read.capture_method = Some(CaptureMethod::SelectedFromList);
    }
    read
}

/// The codes beside the words, but for the one that says that there are no words.
pub(super) fn codings<'w>(reading: &mut Reading<'w>, description: Option<Node<'w>>, at: &str) -> Vec<Coding> {
    let all = description.map(|one| one.items("coding")).unwrap_or_default().into_iter();
    let told = all.filter(|coding| !coding.says("system", MARKED_ABSENT));
    told.enumerate()
        .map(|(place, coding)| {
            let at = |field: &str| format!("{at}/{place}{field}");
            reading.note(at(""), coding);
            coding.extensions(extension::AS_RECORDED).iter().for_each(|one| one.mark());
            Coding {
                system: reading.read(at("/system"), coding.get("system").or(coding.part(extension::AS_RECORDED))),
                code: reading.read(at("/code"), coding.get("code")),
                display: reading.read(at("/display"), coding.get("display")),
            }
        })
        .collect()
}

/// A language that is told; `und` is none, but where we wrote that the source said so.
fn tag_of(language: Node<'_>, is_ours: bool) -> Option<Node<'_>> {
    let is_told = if is_ours { !language.is_assumed("valueCode") } else { true };
    language.any_value().filter(|tag| is_told && (is_ours || tag.text() != Some("und")))
}

/// Whether the text is no more than what a code beside it is called: picked, not said.
fn is_a_label(description: Option<Node<'_>>, text: Option<&Words>) -> bool {
    let codings = description.map(|one| one.items("coding")).unwrap_or_default();
    let plain = |text: &str| text.trim().to_lowercase();
    let shown: Vec<String> = codings.iter().filter_map(|coding| coding.str("display").map(plain)).collect();
    text.is_some_and(|text| shown.contains(&plain(text.reveal())))
}

fn attestation<'w>(reading: &mut Reading<'w>, capture: Option<Node<'w>>, at: &str) -> Option<Attestation> {
    let capture = capture?;
    let read = Attestation {
        statement: reading.read(format!("{at}/statement"), capture.part("attestationStatement")),
        by: reading.read(format!("{at}/by"), capture.part("attestedBy")),
        method: reading.read(format!("{at}/method"), capture.part("attestationMethod")),
        date: reading.read(format!("{at}/date"), capture.part("attestedOn")),
        witness: reading.read(format!("{at}/witness"), capture.part("witness")),
    };
    Some(read).filter(|read| *read != Attestation::default())
}

fn translations<'w>(reading: &mut Reading<'w>, beside: Node<'w>, capture: Option<Node<'w>>, read: &mut Statement) {
    let by = capture.map(|capture| capture.extensions("translatedBy")).unwrap_or_default();
    let all = beside.extensions(extension::TRANSLATION);
    let is_aligned = by.len() == all.len();
    for (at, translation) in all.into_iter().enumerate() {
        let language = translation.extensions("lang").first().and_then(|lang| tag_of(*lang, reading.wrote(beside)));
        let who = by.get(at).filter(|_| is_aligned).and_then(|who| who.any_value());
        let text = translation.part("content");
        read.translation.push(Translation {
            lang: language.and_then(Node::text).map(str::to_owned),
            text: text.and_then(Node::text).map(Words::from),
            by: who.and_then(Node::text).map(str::to_owned),
        });
        translation.mark();
        if let Some(language) = language {
            reading.used.insert(language.of);
        }
    }
}

fn whose<'w>(reading: &mut Reading<'w>, goal: Node<'w>, at: &str) -> Option<ExpressedBy> {
    if let Some(reference) = goal.get("expressedBy") {
        let who = reading.who(reference).and_then(speaker);
        if who.is_some() {
            reading.note(at, reference);
            reference.mark();
            reading.follow(reference);
        }
        return who;
    }
    let by_provenance = informant(reading, goal);
    if let Some(agent) = by_provenance {
        reading.note(at, agent);
        reading.used.insert(agent.of);
        agent.mark();
        agent.world.node(agent.of).items("target").iter().for_each(|target| target.mark());
        return Some(ExpressedBy::Person);
    }
    let labels = goal.get("meta").map(|meta| meta.items("security")).unwrap_or_default();
    let label = labels.into_iter().find(|one| one.says("system", code::OBSERVATION_VALUE))?;
    let who = match label.str("code")? {
        "PATAST" | "PATRPT" => ExpressedBy::Person,
        "SDMAST" | "SDMRPT" => ExpressedBy::Guardian,
        "PACQAST" | "PACQRPT" => ExpressedBy::Family,
        "CLINAST" | "CLINRPT" => ExpressedBy::Staff,
        _ => return None,
    };
    reading.note(at, label);
    label.mark();
    Some(who)
}

fn speaker(who: Who) -> Option<ExpressedBy> {
    Some(match who {
        Who::Person => ExpressedBy::Person,
        Who::Guardian => ExpressedBy::Guardian,
        Who::Family => ExpressedBy::Family,
        Who::Staff | Who::Peer => ExpressedBy::Staff,
        Who::Court => ExpressedBy::CourtOrAgency,
        Who::Organization => return None,
    })
}

/// The agent of a Provenance by which the person told or wrote the words of a resource (fhir.md, section 7).
fn informant<'w>(reading: &Reading<'w>, goal: Node<'w>) -> Option<Node<'w>> {
    let targets = |provenance: &Node<'w>| {
        provenance.items("target").into_iter().any(|target| {
            let element = target.part(extension::TARGET_ELEMENT).and_then(Node::text);
            let id = goal.get("description").and_then(|one| one.str("id"));
            let is_words = element.is_none_or(|element| element == "own-words" || Some(element) == id);
            is_words && reading.world.find(target.value, target.of) == Some(goal.of)
        })
    };
    let told = |agent: &Node<'w>| {
        let gives = agent
            .get("type")
            .is_some_and(|kind| ["informant", "author"].iter().any(|role| kind.has_code(code::PROVENANCE_ROLE, role)));
        gives && agent.get("who").is_some_and(|who| reading.is_person(who))
    };
    reading.world.all("Provenance").filter(targets).find_map(|one| one.items("agent").into_iter().find(told))
}
