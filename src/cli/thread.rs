//! The golden thread of a plan as a small tree: each goal with the strengths, barriers, objectives and steps on it.

use super::show::Paint;
use crate::rules::thread::{Linked, Shown, ShownGoal, ShownObjective, ShownStep, Spot, StepsBy};

/// A line of the tree and what hangs below it.
struct Branch {
    says: String,
    below: Vec<Branch>,
}

/// The strokes before the lines below a branch: before one of several, before the last, and beside and below these.
struct Strokes {
    one: &'static str,
    last: &'static str,
    beside: &'static str,
    below: &'static str,
}

const PLAIN: Strokes = Strokes { one: "|- ", last: "`- ", beside: "|  ", below: "   " };
const DRAWN: Strokes = Strokes { one: "├ ", last: "└ ", beside: "│ ", below: "  " };

/// The tree under its heading, one line each.
pub(super) fn text(shown: &Shown<'_>, paint: Paint) -> String {
    let strokes = if paint.is_on() { DRAWN } else { PLAIN };
    let mut roots: Vec<Branch> = shown.goals.iter().map(goal).collect();
    if roots.is_empty() {
        roots.push(Branch { says: "no goal".to_owned(), below: Vec::new() });
    }
    if !shown.not_linked.is_empty() {
        roots.push(Branch { says: "not linked to a goal".to_owned(), below: linked(&shown.not_linked) });
    }
    roots.push(Branch { says: format!("steps: {}", steps_by(shown.steps_by)), below: Vec::new() });
    let mut lines = vec![format!("\n{}\n", paint.strong("what hangs on which goal"))];
    for root in &roots {
        lines.push(format!("  {}\n", root.says));
        root.draw_below("  ", &strokes, &mut lines);
    }
    lines.concat()
}

impl Branch {
    fn draw_below(&self, before: &str, strokes: &Strokes, lines: &mut Vec<String>) {
        for (place, branch) in self.below.iter().enumerate() {
            let is_last = place + 1 == self.below.len();
            let (stroke, further) = if is_last { (strokes.last, strokes.below) } else { (strokes.one, strokes.beside) };
            lines.push(format!("{before}{stroke}{}\n", branch.says));
            branch.draw_below(&format!("{before}{further}"), strokes, lines);
        }
    }
}

fn goal(goal: &ShownGoal<'_>) -> Branch {
    let status = goal.status.filter(|status| *status != "active").map(plain);
    let own_words = goal.in_own_words.then(|| "in own words".to_owned());
    let no_steps = goal.no_steps_yet.then(|| "no steps yet".to_owned());
    let facts = [goal.spot.kind.map(plain), own_words, status, no_steps];
    Branch { says: says("goal", goal.spot.id, &goal.spot.pointer, facts), below: linked(&goal.linked) }
}

fn linked(linked: &Linked<'_>) -> Vec<Branch> {
    let strengths = linked.strengths.iter().map(|strength| leaf("strength", strength));
    let barriers = linked.barriers.iter().map(|barrier| leaf("barrier", barrier));
    let objectives = linked.objectives.iter().map(objective);
    strengths.chain(barriers).chain(objectives).chain(linked.steps.iter().map(step)).collect()
}

fn leaf(name: &str, spot: &Spot<'_>) -> Branch {
    Branch { says: says(name, spot.id, &spot.pointer, [spot.kind.map(plain)]), below: Vec::new() }
}

fn objective(objective: &ShownObjective<'_>) -> Branch {
    let spot = &objective.spot;
    let due = objective.due.map(|day| format!("due {day}"));
    let measure = objective.has_measure.then(|| "measure".to_owned());
    let facts = [spot.kind.map(plain), due, measure];
    Branch { says: says("objective", spot.id, &spot.pointer, facts), below: objective.steps.iter().map(step).collect() }
}

fn step(step: &ShownStep<'_>) -> Branch {
    let status = step.status.filter(|status| *status != "planned").map(plain);
    let by = match step.by {
        Some("person") => "the person",
        Some("natural-support") => "a natural support",
        Some("peer") => "a peer supporter",
        Some("professional") => "a professional",
        Some("community") => "the community",
        _ => "someone the record does not tell",
    };
    let step = says("step", step.id, &step.pointer, []) + " by " + by;
    Branch { says: step + &status.map(|status| format!(" ({status})")).unwrap_or_default(), below: Vec::new() }
}

/// `name id (facts)`; what has no key is called by its place in the plan.
fn says<const N: usize>(name: &str, id: Option<&str>, pointer: &str, facts: [Option<String>; N]) -> String {
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    let facts = if facts.is_empty() { String::new() } else { format!(" ({})", facts.join(", ")) };
    format!("{name} {}{facts}", id.unwrap_or(pointer))
}

fn steps_by(steps: StepsBy) -> String {
    let counts = [
        (steps.person, "by the person"),
        (steps.natural_support, "by natural supports"),
        (steps.peer, "by peer supporters"),
        (steps.professional, "by professionals"),
        (steps.community, "by the community"),
        (steps.unknown, "by someone the record does not tell"),
    ];
    let said: Vec<String> =
        counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, by)| format!("{count} {by}")).collect();
    if said.is_empty() { "none".to_owned() } else { said.join(", ") }
}

/// A code as people say it.
fn plain(code: &str) -> String {
    code.replace('-', " ")
}
