//! A compiled mapping: which part of the plan comes from where. Data only; `file` makes it, `apply` follows it.

use std::sync::Arc;

use super::{codes::Codes, expression::Expression, fields::Kind};

/// What fills a part of the plan.
#[derive(Debug)]
pub(super) enum Node {
    /// One value; `keeps_raw` when the group has a field `raw` for the original of rich text.
    One { kind: Kind, selector: Selector, keeps_raw: bool },
    /// A list of values.
    Several { kind: Kind, selectors: Vec<Selector> },
    /// Fields that belong together.
    Group(Vec<(Box<str>, Node)>),
    /// A list of groups, made by one or more sections.
    List(Vec<Section>),
}

/// One section of a mapping: items of one list.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) each: Each,
    /// Rows with the same values here are one item.
    pub(super) key: Vec<usize>,
    pub(super) when: Vec<Condition>,
    pub(super) fields: Vec<(Box<str>, Node)>,
}

/// What a section makes an item of.
#[derive(Debug)]
pub(super) enum Each {
    /// The whole record makes one.
    Record,
    /// Every row, or every group of rows with the same key.
    Row,
    /// Every element at a path.
    Element(Path),
    /// Every part of the field that is split.
    Split,
}

/// Where one value comes from, and what is done with it on the way.
#[derive(Debug)]
pub(super) struct Selector {
    pub(super) from: From,
    pub(super) when: Vec<Condition>,
    pub(super) split: Option<Box<str>>,
    pub(super) codes: Option<Arc<Codes>>,
    pub(super) default: Option<Box<str>>,
    pub(super) rich_text: bool,
}

/// Where one value comes from.
#[derive(Debug)]
pub(super) enum From {
    Origin(Origin),
    FirstOf(Vec<Selector>),
    Join(Vec<Selector>, Box<str>),
    Value(Box<str>),
    Expression(Expression, Vec<(Box<str>, Selector)>),
}

/// A spot every record has.
#[derive(Debug)]
pub(super) enum Origin {
    /// A column, by its index in the mapping's list of columns.
    Column(usize),
    /// An element path.
    Path(Path),
}

/// A path into a JSON record: `a.b[].c`, or `$.a` from the record's root.
#[derive(Debug)]
pub(super) struct Path {
    pub(super) is_from_root: bool,
    pub(super) steps: Vec<Step>,
}

/// One step of a path.
#[derive(Debug)]
pub(super) enum Step {
    Member(Box<str>),
    All,
    Index(usize),
}

/// What must hold for a value or an item to be taken.
#[derive(Debug)]
pub(super) struct Condition {
    pub(super) of: Origin,
    pub(super) test: Test,
}

/// A test on a value, white space around it and capitals aside.
#[derive(Debug)]
pub(super) enum Test {
    Is(Vec<Box<str>>),
    IsNot(Vec<Box<str>>),
    Given(bool),
}

impl Test {
    /// Whether a value passes; nothing stands for a value not given.
    pub(super) fn holds(&self, value: Option<&str>) -> bool {
        let value = value.map(str::trim).filter(|value| !value.is_empty());
        let is_one_of =
            |listed: &[Box<str>]| value.is_some_and(|value| listed.iter().any(|one| one.eq_ignore_ascii_case(value)));
        match self {
            Self::Is(listed) => is_one_of(listed),
            Self::IsNot(listed) => !is_one_of(listed),
            Self::Given(wanted) => value.is_some() == *wanted,
        }
    }
}

impl Path {
    /// Reads `a.b[].c`; the error says what is wrong.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let is_from_root = text == "$" || text.starts_with("$.");
        let rest = if is_from_root { text[1..].trim_start_matches('.') } else { text };
        let mut steps = Vec::new();
        for part in rest.split('.').filter(|_| !rest.is_empty()) {
            let (name, mut brackets) = part.find('[').map_or((part, ""), |at| part.split_at(at));
            if name.is_empty() {
                return Err(format!("{text} is no path; write it as in plan.goals[].text"));
            }
            steps.push(Step::Member(name.into()));
            while let Some((inside, after)) = brackets.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                steps.push(match inside {
                    "" => Step::All,
                    number => {
                        Step::Index(number.parse().map_err(|_| format!("[{number}] in {text} must be [] or a number"))?)
                    }
                });
                brackets = after;
            }
            if !brackets.is_empty() {
                return Err(format!("{text} is no path; write it as in plan.goals[].text"));
            }
        }
        Ok(Self { is_from_root, steps })
    }
}
