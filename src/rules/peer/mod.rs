//! Rules on peer support: is it asked for, voluntary, and a peer's? One pair of files a rule.

pub(super) mod leads_or_writes;
pub(super) mod invitation_not_recorded;
pub(super) mod given_clinical_task;
pub(super) mod in_involuntary_step;
pub(super) mod part_not_recorded;
pub(super) mod billable_without_skill;

use crate::{
    plan::{Action, Plan, action::Actor, planning::Participant},
    words::Words,
};

/// The peers at the meeting, each with their place among the participants.
fn peers(plan: &Plan) -> impl Iterator<Item = (usize, &Participant)> {
    let participants = plan.planning.as_ref().map_or(&[][..], |planning| &planning.participants);
    participants.iter().enumerate().filter(|(_, one)| one.is_peer())
}

/// Peers' steps that are still to be taken, each with its place in the plan.
fn open_steps(plan: &Plan) -> impl Iterator<Item = (usize, &Action)> {
    plan.actions.iter().enumerate().filter(|(_, action)| action.actor == Some(Actor::Peer) && action.is_open())
}

/// The first field of a step whose text is of a kind: what is done, else what for.
fn first_text(action: &Action, is_of_kind: fn(&Words) -> bool) -> Option<&'static str> {
    let fields = [("text", &action.text), ("purpose", &action.purpose)];
    fields.into_iter().find(|(_, text)| text.as_ref().is_some_and(is_of_kind)).map(|(field, _)| field)
}
