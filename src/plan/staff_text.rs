//! The texts of a plan that staff write, each with its JSON pointer. A new field that staff write needs its line here.
//!
//! Left out is whatever is the person's: goals and why they matter, strengths that the person or someone close told,
//! preferences, who the person is, crisis preferences, signs that less support is needed, what they disagree with; the labels
//! of diagnoses, which are a code system's; and answers to findings, which may have to name the word they are about.

use super::{Action, Plan, action::Actor, strength::ToldBy};
use crate::words::Words;

/// A text that staff wrote.
#[derive(Clone, Copy, Debug)]
pub struct StaffText<'p> {
    /// The text.
    pub words: &'p Words,
    /// Whether the field may hold the person's words too, so that a text that says "I" is taken to be theirs.
    pub may_be_the_persons: bool,
    spot: Spot,
}

/// Where a text stands.
#[derive(Clone, Copy, Debug)]
enum Spot {
    Named(&'static str),
    Listed(&'static str, usize, &'static str),
    Progress(usize, usize),
    StepNote(usize, usize),
}

impl StaffText<'_> {
    /// The JSON pointer.
    pub fn pointer(&self) -> String {
        match self.spot {
            Spot::Named(pointer) => pointer.to_owned(),
            Spot::Listed(list, index, part) => format!("/{list}/{index}/{part}"),
            Spot::Progress(review, note) => format!("/reviews/{review}/progress/{note}/text"),
            Spot::StepNote(action, note) => format!("/actions/{action}/progress/{note}/text"),
        }
    }
}

impl Plan {
    /// The texts that staff write, in the order of the plan; blank ones left out.
    pub fn staff_texts(&self) -> impl Iterator<Item = StaffText<'_>> {
        let notes = self.reviews.iter().enumerate().flat_map(|(review, of)| {
            let notes = of.progress.iter().enumerate();
            notes.filter_map(move |(note, of)| text(of.text.as_ref(), true, Spot::Progress(review, note)))
        });
        let summary = self.interpretive_summary.as_ref().and_then(|summary| summary.text.as_ref());
        let no_goal = self.no_goal.as_ref().and_then(|no_goal| no_goal.explanation.as_ref());
        let supports = self.transition.as_ref().and_then(|transition| transition.supports_after.as_ref());
        text(self.status_reason.as_ref(), true, Spot::Named("/status_reason"))
            .into_iter()
            .chain(notes)
            .chain(text(summary, false, Spot::Named("/interpretive_summary/text")))
            .chain(text(no_goal, true, Spot::Named("/no_goal/explanation")))
            .chain(self.listed_texts())
            .chain(text(supports, true, Spot::Named("/transition/supports_after")))
    }

    fn listed_texts(&self) -> impl Iterator<Item = StaffText<'_>> {
        let strengths = self.strengths.iter().enumerate().filter(|(_, told)| told.told_by == Some(ToldBy::Staff));
        let strengths = strengths.filter_map(|(at, told)| listed("strengths", at, "text", told.text.as_ref(), false));
        let barriers = self.barriers.iter().enumerate();
        let barriers = barriers.filter_map(|(at, barrier)| listed("barriers", at, "text", barrier.text.as_ref(), true));
        let risks = self.risks.iter().enumerate().flat_map(|(at, risk)| {
            let both = [("text", risk.text.as_ref()), ("mitigation", risk.mitigation.as_ref())];
            both.into_iter().filter_map(move |(part, words)| listed("risks", at, part, words, false))
        });
        let objectives = self.objectives.iter().enumerate().flat_map(|(at, objective)| {
            let both = [("text", objective.text.as_ref()), ("measure", objective.measure.as_ref())];
            both.into_iter().filter_map(move |(part, words)| listed("objectives", at, part, words, false))
        });
        strengths.chain(barriers).chain(risks).chain(objectives).chain(self.action_texts())
    }

    /// A step of the person or of someone close may be told in their words.
    fn action_texts(&self) -> impl Iterator<Item = StaffText<'_>> {
        self.actions.iter().enumerate().flat_map(|(at, action)| {
            let both = [("text", action.text.as_ref()), ("purpose", action.purpose.as_ref())];
            let theirs = !is_given_by_staff(action);
            let notes = action.progress.iter().enumerate();
            let notes = notes.filter_map(move |(note, of)| text(of.text.as_ref(), true, Spot::StepNote(at, note)));
            both.into_iter().filter_map(move |(part, words)| listed("actions", at, part, words, theirs)).chain(notes)
        })
    }
}

fn is_given_by_staff(action: &Action) -> bool {
    matches!(action.actor, Some(Actor::Professional))
}

fn listed<'p>(
    list: &'static str,
    index: usize,
    part: &'static str,
    words: Option<&'p Words>,
    may_be_the_persons: bool,
) -> Option<StaffText<'p>> {
    text(words, may_be_the_persons, Spot::Listed(list, index, part))
}

fn text(words: Option<&Words>, may_be_the_persons: bool, spot: Spot) -> Option<StaffText<'_>> {
    words.filter(|words| !words.is_blank()).map(|words| StaffText { words, may_be_the_persons, spot })
}
