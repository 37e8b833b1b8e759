//! GOAL-031: a goal stands as it was through the last three reviews, and none of them noted anything new.

use crate::{
    plan::{Review, ReviewKind, goal::GoalStatus},
    rules::{
        Domain, Found, Rule, Stage,
        reading::{GoalReading, Reading},
        wording::{Text, plain_words},
    },
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "GOAL-031",
    name: "goal-unchanged-over-reviews",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::E,
    code: "informational",
    elements: &[("", "Goal.statusDate")],
    overridable: false,
    basis: &["A:435"],
    page: include_str!("unchanged.md"),
    check: Some(check),
};

const MESSAGE: &str = "This goal has not changed for several reviews. It may still be right. Please ask the person.";
const SEVERAL: usize = 3;

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let reviews = last_reviews(reading);
    if reviews.len() < SEVERAL || !notes_are_kept(&reviews) {
        return;
    }
    for goal in &reading.goals {
        let is_active = matches!(goal.goal.status, None | Some(GoalStatus::Active));
        if is_active && stood_before(goal, &reviews) && notes_are_the_same(goal, &reviews) {
            found.at(goal.pointer("status"), MESSAGE, format!("reviews={SEVERAL}"));
        }
    }
}

/// The last reviews that took place since the plan was last rewritten, each with its day, the oldest first.
fn last_reviews<'p>(reading: &Reading<'p>) -> Vec<(&'p str, &'p Review)> {
    let today = reading.today.to_string();
    let dated = reading.plan.reviews.iter().filter_map(|review| Some((review.date.as_ref()?.date_part()?, review)));
    let mut reviews: Vec<_> = dated.filter(|(day, _)| *day <= today.as_str()).collect();
    reviews.sort_by_key(|(day, _)| *day);
    let rewritten = reviews.iter().rposition(|(_, review)| review.kind == Some(ReviewKind::Rewrite));
    reviews.drain(..rewritten.map_or(0, |at| at + 1));
    reviews.drain(..reviews.len().saturating_sub(SEVERAL));
    reviews
}

/// Whether the record system gives notes at all: without any, nothing can be said.
fn notes_are_kept(reviews: &[(&str, &Review)]) -> bool {
    let mut notes = reviews.iter().flat_map(|(_, review)| &review.progress).filter_map(|noted| noted.text.as_ref());
    notes.any(|text| !text.is_blank())
}

/// Whether the goal is as old as the first of the reviews, by its start date or else by each review's having it.
fn stood_before(goal: &GoalReading<'_>, reviews: &[(&str, &Review)]) -> bool {
    let first = reviews.first().map_or("", |(day, _)| *day);
    match goal.goal.start_date.as_ref().and_then(|date| date.date_part()) {
        Some(start) => start <= first,
        None => reviews.iter().all(|(_, review)| {
            goal.goal.goal_id.is_some() && review.progress.iter().any(|noted| noted.goal_id == goal.goal.goal_id)
        }),
    }
}

fn notes_are_the_same(goal: &GoalReading<'_>, reviews: &[(&str, &Review)]) -> bool {
    let note = |(_, review): &(&str, &Review)| {
        let own = review.progress.iter().filter(|noted| noted.goal_id.is_some() && noted.goal_id == goal.goal.goal_id);
        own.filter_map(|noted| noted.text.as_ref()).map(|text| plain_words(Text::of(text.reveal()).normal())).collect()
    };
    let notes: Vec<Vec<String>> = reviews.iter().map(note).collect();
    notes.windows(2).all(|pair| pair[0].concat() == pair[1].concat())
}
