//! For which plans a policy makes less of some rules: by plan type, by program, by the person's age.
//!
//! What a rule weighs otherwise, and how several overlays add up, stands in `policy`.

use jiff::civil::Date;

use super::{catalogue::RULES, finding::Severity, policy::Weights};
use crate::plan::{Plan, PlanType, ProgramType, code::Vocabulary, date::PlanDate};

/// People of an age, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgeGroup {
    /// As the policy files say it.
    pub name: &'static str,
    from: i16,
    to: i16,
}

/// The groups there are: the two that SMI and SED are told apart by, and the age bands of the Uniform Reporting System.
pub const AGE_GROUPS: [AgeGroup; 10] = [
    AgeGroup::of("child", 0, 17),
    AgeGroup::of("adult", 18, AgeGroup::OLDEST),
    AgeGroup::of("0-12", 0, 12),
    AgeGroup::of("13-17", 13, 17),
    AgeGroup::of("18-20", 18, 20),
    AgeGroup::of("21-24", 21, 24),
    AgeGroup::of("25-44", 25, 44),
    AgeGroup::of("45-64", 45, 64),
    AgeGroup::of("65-74", 65, 74),
    AgeGroup::of("75+", 75, AgeGroup::OLDEST),
];

/// Which plans an overlay is for; what is not given does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct When {
    /// Plans of this type.
    pub plan_type: Option<PlanType>,
    /// Plans of such a program.
    pub program_type: Option<ProgramType>,
    /// Plans of people of this age.
    pub age_group: Option<AgeGroup>,
}

/// What a policy makes less of, and for which plans.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overlay {
    /// Which plans.
    pub when: When,
    /// What an error of the areas becomes; nothing leaves it.
    pub error_becomes: Option<Severity>,
    /// Areas of rules, such as `GOAL`.
    pub areas: Vec<String>,
    /// Ids of rules that are off.
    pub off: Vec<&'static str>,
}

/// What overlays look at in a plan.
#[derive(Clone, Copy, Debug, Default)]
pub struct Situation<'a> {
    /// The type of the plan.
    pub plan_type: Option<&'a PlanType>,
    /// The type of its program.
    pub program_type: Option<&'a ProgramType>,
    /// The person's age in years, from the least to the most it can be.
    pub ages: Option<(i16, i16)>,
}

impl AgeGroup {
    const OLDEST: i16 = i16::MAX;

    const fn of(name: &'static str, from: i16, to: i16) -> Self {
        Self { name, from, to }
    }

    /// The group of a name.
    pub fn named(name: &str) -> Option<Self> {
        AGE_GROUPS.into_iter().find(|group| group.name == name)
    }

    /// The age band of the Uniform Reporting System in which a plan's person certainly is on a day.
    pub fn band(plan: &Plan, day: Date) -> Option<Self> {
        let situation = Situation::of(plan, Some(day));
        let (_, bands) = AGE_GROUPS.split_at(2);
        let covers = |group: &Self| When { age_group: Some(*group), ..When::default() }.covers(&situation);
        bands.iter().copied().find(covers)
    }

    /// Its ages, from the least to the most.
    pub fn ages(self) -> (i16, i16) {
        (self.from, self.to)
    }
}

impl When {
    /// Whether nothing is given.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a plan is meant. One whose age may or may not be within the group is not.
    pub fn covers(&self, situation: &Situation<'_>) -> bool {
        let is_aged =
            |group: &AgeGroup| situation.ages.is_some_and(|(least, most)| group.from <= least && most <= group.to);
        self.plan_type.as_ref().is_none_or(|wanted| situation.plan_type == Some(wanted))
            && self.program_type.as_ref().is_none_or(|wanted| situation.program_type == Some(wanted))
            && self.age_group.as_ref().is_none_or(is_aged)
    }

    /// In words, such as `plan_type = crisis-short-term, age_group = child`.
    pub fn in_words(&self) -> String {
        let plan_type = self.plan_type.as_ref().map(|code| format!("plan_type = {}", code.as_str()));
        let program_type = self.program_type.as_ref().map(|code| format!("program_type = {}", code.as_str()));
        let age_group = self.age_group.map(|group| format!("age_group = {}", group.name));
        [plan_type, program_type, age_group].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

impl Overlay {
    /// What rules of these weights, in catalogue order, weigh for the plans it covers. Never more.
    pub fn over(&self, weights: &[Weights]) -> Vec<Weights> {
        let lesser = |area: &str| self.error_becomes.filter(|_| self.areas.iter().any(|known| known == area));
        let one = |(rule, weights): (&&'static super::Rule, &Weights)| match lesser(rule.area()) {
            _ if self.off.contains(&rule.id) => Weights::default(),
            Some(lesser) => weights.with_errors_as(lesser),
            None => *weights,
        };
        RULES.iter().zip(weights).map(one).collect()
    }
}

impl<'a> Situation<'a> {
    /// That of a plan. The age is that of a day, where one is given and the date of birth is known.
    pub(super) fn of(plan: &'a Plan, day: Option<Date>) -> Self {
        let birth = plan.person.birth_date.as_ref();
        Self {
            plan_type: plan.plan_type.as_ref(),
            program_type: plan.program.as_ref().and_then(|program| program.kind.as_ref()),
            ages: birth.zip(day).and_then(|(birth, day)| ages(birth, day)),
        }
    }
}

/// The age on a day, from the least to the most it can be: a date of birth may be a year or a month only.
fn ages(birth: &PlanDate, day: Date) -> Option<(i16, i16)> {
    let first = birth.day().filter(|first| *first <= day)?;
    let last = match birth.as_str().len() {
        4 => first.last_of_year(),
        7 => first.last_of_month(),
        _ => first,
    };
    let age = |born: Date| day.year() - born.year() - i16::from((day.month(), day.day()) < (born.month(), born.day()));
    Some((age(last).max(0), age(first)))
}
