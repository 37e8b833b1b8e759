//! A plan as the rules see it: each goal's voice and each strength's text judged once, and what follows for the goal.
//!
//! This is where the domain model's order of evidence (section 5.1) and its table from verdict to finding (5.6) stand, so
//! that a rule only has to name the line it speaks for.

use jiff::{ToSpan, civil::Date};

use super::{
    ages::AgeTable,
    policy::Circumstance,
    sameness::Others,
    thread::Thread,
    wording::{
        About, Judged, Language, Markers, Phrases, Text, Voice, is_ready_made, is_strength_placeholder, judge_normal,
    },
};
use crate::{
    plan::{
        Goal, NoGoal, Plan, PlanStatus, PlanType, ProgramType, Strength,
        goal::{CaptureMethod, ExpressedBy, GoalKind, Statement},
    },
    words::Words,
};

/// A plan, read once for all rules.
#[derive(Debug)]
pub struct Reading<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// The day it is judged on.
    pub today: Date,
    /// Its live goals.
    pub goals: Vec<GoalReading<'p>>,
    /// Its strengths.
    pub strengths: Vec<StrengthReading>,
    /// What hangs on which goal.
    pub thread: Thread,
    /// How many other people have the same goals, as far as it is known.
    pub others: &'p Others,
    /// At which ages which answers on the person's status are expected.
    pub ages: &'p AgeTable,
}

/// A live goal, read.
#[derive(Debug)]
pub struct GoalReading<'p> {
    /// Its place among all goals of the plan.
    pub index: usize,
    /// The goal.
    pub goal: &'p Goal,
    /// Its text, ready for matching.
    pub(crate) text: Option<Text<'p>>,
    /// Its text, judged; nothing when there is none. A ready-made phrase is in a clinician's voice, whatever its words.
    pub judged: Option<Judged>,
    /// What the record says about where the words came from.
    pub attribution: Attribution,
    /// Whether the text is a ready-made phrase, and nothing says that the person gave it.
    pub ready_made: bool,
    /// What the text only repeats, if it does.
    pub repeats: Option<Repeats>,
    /// What is to be said about the goal's words; nothing when all is well.
    pub line: Option<Line>,
}

/// What the record says about where the words came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribution {
    /// Nothing.
    None,
    /// Who spoke, but not how it was taken down.
    Speaker,
    /// An attestation, or a method by which only the person can have given the words. Outranks any look of the text.
    PersonGiven,
}

/// What a goal's text only repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeats {
    /// The label of a diagnosis of the plan.
    Diagnosis,
    /// A barrier's text of four words or more.
    Barrier,
}

/// A line of the table from verdict to finding, each spoken for by one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// No text (GOAL-002).
    NoText,
    /// A placeholder, or the text of a diagnosis or barrier (GOAL-003).
    Placeholder,
    /// A clinician's voice, and no other goal stands (GOAL-010).
    NotInOwnWords,
    /// A clinician's voice beside a goal that stands (GOAL-011).
    Clinical,
    /// Nobody can tell whose words these are (GOAL-012).
    WhoseWordsUnknown,
    /// Told by someone about the person (GOAL-013).
    Reported,
    /// First person with clinical wording, or one weaker marker (GOAL-014).
    TreatmentWording,
    /// Clinical wording that is recorded as the person's words (GOAL-015).
    Confirmed,
    /// A language without a marker table (GOAL-017).
    NotChecked,
}

/// A strength, read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrengthReading {
    /// No text.
    Missing,
    /// An empty field filled in.
    Placeholder,
    /// Told.
    Told,
}

impl<'p> Reading<'p> {
    /// Reads a plan, an agency's ready-made phrases and what is known of other people's goals beside it.
    pub fn of(plan: &'p Plan, today: Date, phrases: &Phrases, others: &'p Others) -> Self {
        let read = |(index, goal)| GoalReading::of(index, goal, plan, phrases);
        let mut goals: Vec<_> = plan.live_goals().map(read).collect();
        let none_stands = !goals.iter().any(GoalReading::stands);
        for goal in &mut goals {
            goal.line = goal.line_when(none_stands);
        }
        let strengths = plan.strengths.iter().map(StrengthReading::of).collect();
        let (thread, ages) = (Thread::of(plan), AgeTable::built_in());
        Self { plan, today, goals, strengths, thread, others, ages }
    }

    /// The goals of which a line of the table speaks.
    pub fn goals_with(&self, line: Line) -> impl Iterator<Item = &GoalReading<'p>> {
        self.goals.iter().filter(move |goal| goal.line == Some(line))
    }

    /// Whether a goal has text that is the person's and carries no finding on its words (measure PCRP-04).
    pub fn has_own_words(&self) -> bool {
        self.own_words().next().is_some()
    }

    /// The goals of which that is true.
    pub fn own_words(&self) -> impl Iterator<Item = &GoalReading<'p>> {
        const FINE: [Line; 3] = [Line::WhoseWordsUnknown, Line::Confirmed, Line::NotChecked];
        let is_fine = |goal: &GoalReading<'_>| goal.line.is_none_or(|line| FINE.contains(&line));
        self.goals.iter().filter(move |goal| is_fine(goal) && !self.is_clinical(goal))
    }

    /// Whether a strength is told (measure PCRP-05).
    pub fn has_strengths(&self) -> bool {
        self.strengths.contains(&StrengthReading::Told)
    }

    /// Whether a goal with words is marked clinical and stands beside one in the person's own words.
    pub fn is_marked_clinical_beside_own(&self, goal: &GoalReading<'_>) -> bool {
        let beside = |other: &GoalReading<'_>| other.is_own() && !other.is_marked_clinical();
        goal.is_marked_clinical() && !goal.is_stopped() && self.goals.iter().any(beside)
    }

    /// The strengths that are told, each with its place among all.
    pub fn told_strengths(&self) -> impl Iterator<Item = (usize, &'p Strength)> {
        let read = self.plan.strengths.iter().zip(&self.strengths).enumerate();
        read.filter(|(_, (_, reading))| **reading == StrengthReading::Told).map(|(index, (told, _))| (index, told))
    }

    /// Whether a goal reads as clinical, or is marked so, beside one that stands.
    pub fn is_clinical(&self, goal: &GoalReading<'_>) -> bool {
        goal.line == Some(Line::Clinical) || self.is_marked_clinical_beside_own(goal)
    }

    /// Whether no live goal holds anything, and a good reason is recorded.
    pub fn no_goal_stands(&self) -> bool {
        self.goals.iter().all(GoalReading::is_stopped) && self.plan.no_goal.as_ref().is_some_and(NoGoal::is_valid)
    }

    /// What a goal without words stands beside.
    pub fn beside_goals(&self) -> Circumstance {
        let another = self.goals.iter().any(GoalReading::stands) || self.no_goal_stands();
        if another { Circumstance::AnotherStands } else { Circumstance::Usual }
    }

    /// What a strength without words stands beside.
    pub fn beside_strengths(&self) -> Circumstance {
        let another = self.has_strengths() || self.no_strengths_stands();
        if another { Circumstance::AnotherStands } else { Circumstance::Usual }
    }

    /// Whether a day, or the month or year of a partial date, ended more than so many days ago.
    pub fn is_past(&self, date_part: &str, days: i64) -> bool {
        let limit = self.today.checked_sub(days.days()).unwrap_or(self.today).to_string();
        limit.get(..date_part.len()).is_some_and(|limit| limit > date_part)
    }

    /// Whether it is a plan for some days in a crisis, which nobody could prepare.
    pub fn is_short_crisis(&self) -> bool {
        let program = self.plan.program.as_ref().and_then(|program| program.kind.as_ref());
        self.plan.plan_type == Some(PlanType::CrisisShortTerm) || program == Some(&ProgramType::CrisisStabilization)
    }

    /// Whether the plan is still being written, so that nobody can have agreed to it.
    pub fn is_draft(&self) -> bool {
        self.plan.status == Some(PlanStatus::Draft)
    }

    /// Whether no strength is told, and a reason is recorded.
    pub fn no_strengths_stands(&self) -> bool {
        let reason = self.plan.no_strengths.as_ref().and_then(|none| none.reason.as_ref());
        !self.has_strengths() && reason.is_some()
    }
}

impl<'p> GoalReading<'p> {
    fn of(index: usize, goal: &'p Goal, plan: &'p Plan, phrases: &Phrases) -> Self {
        let statement = &goal.statement;
        let attribution = Attribution::of(statement);
        let words = statement.text.as_ref().filter(|words| !words.is_blank());
        let text = words.map(|words| Text::of(words.reveal()));
        let about = About {
            language: statement.lang.as_deref(),
            primary_language: plan.person.primary_language.as_deref(),
            preferred_name: plan.person.preferred_name.as_deref(),
        };
        let mut judged = text.as_ref().map(|text| judge_normal(text, &about));
        let person_given = attribution == Attribution::PersonGiven;
        let is_in_list = |text: &Text<'_>| !person_given && is_ready_made(text, phrases);
        let filled = judged.as_mut().filter(|judged| judged.voice != Voice::Placeholder);
        let ready_made = filled.is_some() && text.as_ref().is_some_and(is_in_list);
        if let Some(judged) = filled.filter(|_| ready_made) {
            judged.voice = Voice::ClinicianVoice;
        }
        let repeats = text.as_ref().filter(|_| !person_given).and_then(|text| Repeats::of(text, plan));
        Self { index, goal, text, judged, attribution, ready_made, repeats, line: None }
    }

    /// The text, where a nudge may ride on it: the voice is not a clinician's, and there are tables for the language.
    pub(crate) fn open_text(&self) -> Option<(&Text<'p>, Language)> {
        let judged = self.judged.filter(|judged| judged.language != Language::Other && self.repeats.is_none())?;
        let open = matches!(judged.voice, Voice::OwnWords | Voice::Reported | Voice::Plausible);
        self.text.as_ref().filter(|_| open).map(|text| (text, judged.language))
    }

    /// JSON pointer to a part of the goal.
    pub fn pointer(&self, part: &str) -> String {
        format!("/goals/{}/{part}", self.index)
    }

    /// The markers found, for a finding's diagnostics: ids only.
    pub fn marker_ids(&self) -> String {
        let markers = self.judged.map(|judged| judged.markers).filter(|markers| *markers != Markers::NONE);
        match (markers, self.ready_made) {
            (Some(markers), false) => format!("markers={markers}"),
            (Some(markers), true) => format!("markers={markers},ready-made"),
            (None, true) => "markers=ready-made".to_owned(),
            (None, false) => String::new(),
        }
    }

    /// Whether the words are the person's: so they read, or so the record says.
    pub fn is_own(&self) -> bool {
        let reads_so = self.judged.is_some_and(|judged| judged.voice == Voice::OwnWords);
        !self.is_stopped() && (reads_so || self.attribution == Attribution::PersonGiven)
    }

    /// Whether an attestation says that the person had a part in the words.
    pub fn is_attested(&self) -> bool {
        self.goal.is_attested()
    }

    /// Whether staff marked the goal as clinical.
    pub fn is_marked_clinical(&self) -> bool {
        self.goal.kind == Some(GoalKind::ClinicalGoal)
    }

    /// Whether there is nothing in it to judge.
    pub fn is_stopped(&self) -> bool {
        self.repeats.is_some() || self.judged.is_none_or(|judged| judged.voice == Voice::Placeholder)
    }

    /// Whether it keeps the plan from being one without the person's words.
    pub fn stands(&self) -> bool {
        let clinician = self.judged.is_some_and(|judged| judged.voice == Voice::ClinicianVoice);
        !self.is_stopped() && (!clinician || self.attribution == Attribution::PersonGiven)
    }

    fn line_when(&self, none_stands: bool) -> Option<Line> {
        let Some(judged) = self.judged else { return Some(Line::NoText) };
        if self.is_stopped() {
            return Some(Line::Placeholder);
        }
        match (judged.voice, self.attribution) {
            (Voice::ClinicianVoice | Voice::Borderline, Attribution::PersonGiven) => Some(Line::Confirmed),
            (_, Attribution::PersonGiven) => None,
            (Voice::ClinicianVoice, _) if none_stands => Some(Line::NotInOwnWords),
            (Voice::ClinicianVoice, _) => Some(Line::Clinical),
            (Voice::Borderline, _) => Some(Line::TreatmentWording),
            (Voice::Reported, Attribution::None) => Some(Line::Reported),
            (Voice::Plausible, Attribution::None) => Some(Line::WhoseWordsUnknown),
            (Voice::CannotJudge, _) => Some(Line::NotChecked),
            _ => None,
        }
    }
}

impl Attribution {
    fn of(statement: &Statement) -> Self {
        if statement.is_attested() || statement.capture_method.as_ref().is_some_and(CaptureMethod::is_person_given) {
            return Self::PersonGiven;
        }
        match &statement.expressed_by {
            None | Some(ExpressedBy::Unknown | ExpressedBy::Other(_)) => Self::None,
            Some(_) => Self::Speaker,
        }
    }
}

impl Repeats {
    fn of(text: &Text<'_>, plan: &Plan) -> Option<Self> {
        let same = |words: &Words| !words.is_blank() && text.says_the_same_as(words.reveal());
        let words = |text: &Text<'_>| text.normal().split(' ').count();
        let diagnoses = plan.barriers.iter().flat_map(|barrier| &barrier.diagnosis).filter_map(|d| d.text.as_ref());
        if diagnoses.into_iter().any(same) {
            return Some(Self::Diagnosis);
        }
        let barriers = plan.barriers.iter().filter_map(|barrier| barrier.text.as_ref());
        (words(text) >= 4 && barriers.into_iter().any(same)).then_some(Self::Barrier)
    }
}

impl StrengthReading {
    fn of(strength: &Strength) -> Self {
        let Some(told) = answer(strength) else { return Self::Missing };
        if is_strength_placeholder(&told) { Self::Placeholder } else { Self::Told }
    }
}

/// A strength's text, ready for matching, without the prompt that it answers.
pub(crate) fn answer(strength: &Strength) -> Option<Text<'_>> {
    let text = strength.text.as_ref().filter(|words| !words.is_blank())?.reveal().trim_start();
    let prompt = strength.prompt.as_ref().map_or("", |prompt| prompt.reveal().trim());
    Some(Text::of(text.strip_prefix(prompt).unwrap_or(text)))
}
