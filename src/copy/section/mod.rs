//! The plan in reading order: the person's goals and strengths, then who does what, hard times, the team, and at last what
//! professionals wrote and who agreed. Here stand the order and the small verbs that lay blocks down.

mod around;
mod goals;
mod steps;

use super::{Block, Copy, Kind, phrase::Phrase, spoken};
use crate::{
    plan::{Plan, code::Vocabulary, date::PlanDate},
    words::Words,
};

pub(super) fn write(plan: &Plan, copy: &mut Copy) {
    around::opening(plan, copy);
    goals::goals(plan, copy);
    goals::strengths(plan, copy);
    around::preferences(plan, copy);
    around::about_me(plan, copy);
    around::in_the_way(plan, copy);
    steps::without_goal(plan, copy);
    around::hard_times(plan, copy);
    around::team(plan, copy);
    around::less_support(plan, copy);
    goals::left_behind(plan, copy);
    around::looking_back(plan, copy);
    around::staff_view(plan, copy);
    around::agreement(plan, copy);
}

impl Copy {
    fn say(&self, phrase: Phrase) -> &'static str {
        phrase.said(self.language)
    }

    pub(super) fn push(&mut self, kind: Kind, text: impl Into<Words>) {
        self.blocks.push(Block { kind, text: text.into(), language: None });
    }

    fn heading(&mut self, phrase: Phrase) {
        self.push(Kind::Heading, self.say(phrase));
    }

    /// What the next words are about.
    fn lead(&mut self, phrase: Phrase) {
        self.push(Kind::Lead, format!("{}:", self.say(phrase)));
    }

    /// Words of the record, alone and as they are.
    fn told(&mut self, words: &Words) {
        self.told_in(None, words);
    }

    /// Words of the record, and the language they are in.
    fn told_in(&mut self, language: Option<&String>, words: &Words) {
        self.blocks.push(Block { kind: Kind::Told, text: words.clone(), language: language.cloned() });
    }

    /// A phrase, and the words below it, where there are any.
    fn led(&mut self, phrase: Phrase, words: Option<&Words>) {
        if let Some(words) = given(words) {
            self.lead(phrase);
            self.told(words);
        }
    }

    /// A phrase, and several words below it.
    fn listed(&mut self, phrase: Phrase, all: &[Words]) {
        let all: Vec<&Words> = all.iter().filter(|words| !words.is_blank()).collect();
        if !all.is_empty() {
            self.lead(phrase);
            all.into_iter().for_each(|words| self.push(Kind::Item, words.clone()));
        }
    }

    /// `Phrase: value`.
    fn line(&mut self, phrase: Phrase, value: &str) {
        if !value.trim().is_empty() {
            self.push(Kind::Line, format!("{}: {value}", self.say(phrase)));
        }
    }

    fn dated(&mut self, phrase: Phrase, date: Option<&PlanDate>) {
        if let Some(date) = date {
            self.line(phrase, &spoken::date(date, self.language));
        }
    }

    fn coded<V: Vocabulary>(&mut self, phrase: Phrase, code: Option<&V>) {
        if let Some(code) = code {
            self.line(phrase, spoken::code(code, self.language));
        }
    }
}

/// Words, when there is more than white space.
fn given(words: Option<&Words>) -> Option<&Words> {
    words.filter(|words| !words.is_blank())
}

/// A value, when there is more than white space.
fn filled(value: Option<&String>) -> Option<&str> {
    value.map(String::as_str).filter(|value| !value.trim().is_empty())
}
