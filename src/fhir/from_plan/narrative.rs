//! The human-readable side of a `CarePlan`: the person's goals and strengths first, in their own words.
//!
//! Words are escaped and otherwise untouched; characters that XML cannot hold are left out here and only here.

use super::Saying;
use crate::{
    fhir::{datatype::Narrative, lexical},
    plan::crisis::Crisis,
    words::Words,
};

/// The plan in a few lines.
pub(super) fn of_plan(saying: &Saying<'_>) -> Narrative {
    let mut div = Div::titled("Person-centered recovery plan");
    for (_, goal) in saying.plan.live_goals() {
        let language = goal.statement.lang.as_deref().and_then(lexical::language);
        div.line("My goal: ", goal.statement.text.as_ref(), language);
    }
    for strength in &saying.plan.strengths {
        div.line("What I bring: ", strength.text.as_ref(), None);
    }
    div.finish()
}

/// The crisis plan in a few lines.
pub(super) fn of_crisis(crisis: &Crisis) -> Narrative {
    let mut div = Div::titled("Crisis plan");
    let lists = [
        ("What helps: ", &crisis.what_helps[..]),
        ("What to avoid: ", &crisis.what_to_avoid),
        ("Whom to call: ", &crisis.people_to_call),
        ("What I want: ", crisis.preferences.as_slice()),
    ];
    for (label, words) in lists {
        for one in words {
            div.line(label, Some(one), None);
        }
    }
    for agent in &crisis.agents {
        let parts = [&agent.name, &agent.relationship, &agent.phone].map(|part| lexical::given(part.as_ref()));
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        div.line("Who decides when I cannot: ", Some(&Words::from(parts.join(", ").as_str())), None);
    }
    div.finish()
}

struct Div(String);

impl Div {
    fn titled(title: &str) -> Self {
        let mut text = String::with_capacity(512);
        text.push_str("<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>");
        text.push_str(title);
        text.push_str("</p>");
        Self(text)
    }

    fn line(&mut self, label: &str, words: Option<&Words>, language: Option<&str>) {
        let Some(words) = lexical::said(words) else { return };
        self.0.push_str("<p>");
        self.0.push_str(label);
        if let Some(tag) = language {
            for part in ["<span lang=\"", tag, "\" xml:lang=\"", tag, "\">"] {
                self.0.push_str(part);
            }
        }
        words.chars().for_each(|c| self.character(c));
        self.0.push_str(if language.is_some() { "</span></p>" } else { "</p>" });
    }

    fn character(&mut self, c: char) {
        match c {
            '&' => self.0.push_str("&amp;"),
            '<' => self.0.push_str("&lt;"),
            '>' => self.0.push_str("&gt;"),
            '\r' => self.0.push_str("&#13;"),
            '\t' | '\n' => self.0.push(c),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => self.0.push(c),
        }
    }

    fn finish(mut self) -> Narrative {
        self.0.push_str("</div>");
        Narrative { status: "additional", div: self.0 }
    }
}
