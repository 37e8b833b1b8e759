//! The probes that only read: the test person, searches, pages, `_lastUpdated`, the start of an export. Evidence is counts
//! and statuses; nothing that was read is kept.

use std::collections::HashSet;

use reqwest::{Method, Url, header::HeaderValue};
use serde_json::Value;

use super::{Fault, Outcome, Trial};
use crate::sync::{
    capability,
    peer::{Answer, Ask},
};

/// Most pages that are followed.
const PAGES: usize = 50;
/// A moment after everything that a server can hold.
const NEVER: &str = "ge2999-01-01";

impl Trial<'_> {
    /// Probe 5.
    pub(super) async fn read_person(&mut self, person: &str) -> bool {
        let ask = self.peer.reading(&["Patient", person], &[]);
        let answer = match self.ask(&ask).await {
            Ok(answer) => answer,
            Err(fault) => {
                self.fault(5, fault);
                return false;
            }
        };
        match answer.said.status {
            200 => {
                self.note(5, Outcome::Pass, "HTTP 200".to_owned(), None);
                true
            }
            401 | 403 => {
                self.fault(5, Fault::NotLetIn);
                false
            }
            404 | 410 => {
                self.fault(5, Fault::PersonNotThere);
                false
            }
            status => {
                self.note(5, Outcome::Fail, format!("HTTP {status}"), None);
                false
            }
        }
    }

    /// Probes 6 to 9.
    pub(super) async fn search_all(&mut self, person: &str) {
        self.care_plans(person).await;
        self.others(person).await;
        self.pages(person).await;
        self.last_updated(person).await;
    }

    async fn care_plans(&mut self, person: &str) {
        let mut told = Vec::new();
        let mut found = false;
        for category in self.connection.categories.clone() {
            let said = self.count("CarePlan", &[("patient", person), ("category", &category)]).await;
            found |= said.is_ok();
            let code = category.rsplit('|').next().unwrap_or_default().to_owned();
            told.push(format!("{code}: {}", in_words(&said)));
        }
        let without = self.count("CarePlan", &[("patient", person)]).await;
        let required = if without == Err(400) && found { " (a category is required)" } else { "" };
        told.push(format!("no category: {}{required}", in_words(&without)));
        let outcome = if found || without.is_ok() { Outcome::Pass } else { Outcome::Fail };
        self.note(6, outcome, told.join("; "), Some("categories"));
    }

    async fn others(&mut self, person: &str) {
        let (mut told, mut all) = (Vec::new(), true);
        for kind in ["Goal", "CareTeam", "DocumentReference"] {
            let said = self.count(kind, &[("patient", person)]).await;
            all &= said.is_ok();
            told.push(format!("{kind}: {}", in_words(&said)));
        }
        self.note(7, if all { Outcome::Pass } else { Outcome::Fail }, told.join("; "), None);
    }

    async fn pages(&mut self, person: &str) {
        let mut ask = self.peer.reading(&["Goal"], &[("patient", person), ("_count", "1")]);
        let (mut seen, mut most, mut entries) = (HashSet::new(), 0, 0);
        let ends = loop {
            if !seen.insert(ask.url.clone()) {
                break "a page comes again and again";
            }
            if seen.len() > PAGES {
                break "more pages than are followed";
            }
            let Ok(answer) = self.ask(&ask).await else { break "a page did not come" };
            let Some(bundle) = searchset(&answer) else { break "a page is no searchset" };
            let size = matches(&bundle).count();
            (most, entries) = (most.max(size), entries + size);
            match next(&bundle) {
                None => break "",
                // A token must not follow a link to another host.
                Some(url) if url.origin() != self.peer.base().origin() => {
                    break "the next page is on another host; it is not followed";
                }
                Some(url) => ask.url = url,
            }
        };
        let pages = seen.len();
        let size = if most <= 1 { "honored" } else { "not honored" };
        let (outcome, evidence) = match ends {
            "" if entries < 2 => (Outcome::NotTried, "the test person has fewer than two goals".to_owned()),
            "" if most <= 1 => (Outcome::Pass, format!("page size honored, {pages} pages, the last one reached")),
            "" => (Outcome::Fail, format!("page size not honored: {most} on one page")),
            fault => (Outcome::Fail, format!("page size {size}; {fault}")),
        };
        self.note(8, outcome, evidence, Some("page size"));
    }

    async fn last_updated(&mut self, person: &str) {
        let all = self.count("Goal", &[("patient", person)]).await;
        let none = self.count("Goal", &[("patient", person), ("_lastUpdated", NEVER)]).await;
        let (outcome, evidence) = match (all, none) {
            (Ok(0) | Err(_), _) => (Outcome::NotTried, "the test person has no goal to be left out".to_owned()),
            (_, Ok(0)) => (Outcome::Pass, "honored".to_owned()),
            (_, Ok(_)) => (Outcome::Fail, "silently ignored; changes are found by comparing".to_owned()),
            (_, Err(status)) => (Outcome::Fail, format!("refused with HTTP {status}; changes are found by comparing")),
        };
        self.note(9, outcome, evidence, Some("how changes are found"));
    }

    /// Probe 17. What was begun is called off.
    pub(super) async fn export(&mut self) {
        let Some(group) = self.connection.group.clone() else {
            self.note(17, Outcome::NotTried, "name a test group with --group".to_owned(), None);
            return;
        };
        let mut ask = self.peer.reading(&["Group", &group, "$export"], &[]);
        ask.headers.insert("prefer", HeaderValue::from_static("respond-async"));
        let Ok(answer) = self.ask(&ask).await else {
            self.note(17, Outcome::Fail, "no answer".to_owned(), None);
            return;
        };
        let job = answer.headers.get("content-location").and_then(|url| Url::parse(url.to_str().ok()?).ok());
        match (answer.said.status, job) {
            (202, Some(job)) => {
                if job.origin() == self.peer.base().origin() {
                    let ask = Ask { method: Method::DELETE, url: job, ..self.peer.reading(&[], &[]) };
                    let _called_off = self.ask(&ask).await;
                }
                self.note(17, Outcome::Pass, "begun, and called off".to_owned(), None);
            }
            (202, None) => self.note(17, Outcome::Fail, "begun without saying where".to_owned(), None),
            (status, _) => self.note(17, Outcome::Fail, format!("HTTP {status}"), None),
        }
    }

    /// How many a search finds, or the status that came.
    async fn count(&mut self, kind: &str, query: &[(&str, &str)]) -> Result<usize, u16> {
        let ask = self.peer.reading(&[kind], query);
        let answer = self.ask(&ask).await.map_err(|_| 0_u16)?;
        let status = answer.said.status;
        let bundle = searchset(&answer).ok_or(status)?;
        Ok(bundle["total"].as_u64().and_then(|total| total.try_into().ok()).unwrap_or_else(|| matches(&bundle).count()))
    }

    /// Asks, and takes in what the headers tell.
    pub(super) async fn ask(&mut self, ask: &Ask) -> Result<Answer, Fault> {
        let answer = self.peer.answer(ask).await.map_err(|happened| capability::unanswered(&happened))?;
        self.hear(&answer);
        Ok(answer)
    }
}

fn in_words(said: &Result<usize, u16>) -> String {
    match said {
        Ok(count) => format!("{count} found"),
        Err(0) => "no answer".to_owned(),
        Err(200) => "no searchset".to_owned(),
        Err(status) => format!("HTTP {status}"),
    }
}

fn searchset(answer: &Answer) -> Option<Value> {
    let bundle: Value = serde_json::from_str(&answer.said.body).ok().filter(|_| answer.said.status == 200)?;
    (bundle["type"] == "searchset").then_some(bundle)
}

/// What was found, without what was only included.
fn matches(bundle: &Value) -> impl Iterator<Item = &Value> {
    let entries = bundle["entry"].as_array().into_iter().flatten();
    entries.filter(|entry| !matches!(entry["search"]["mode"].as_str(), Some("include" | "outcome")))
}

fn next(bundle: &Value) -> Option<Url> {
    let links = bundle["link"].as_array()?;
    let next = links.iter().find(|link| link["relation"] == "next")?;
    Url::parse(next["url"].as_str()?).ok()
}
