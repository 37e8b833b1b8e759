//! A rule's page: Markdown that people read and tests execute.
//!
//! Its shape is fixed: `# ID name`, one sentence, then the sections of `SECTIONS`, in that order. "Found" holds what raises
//! the finding (whether the plan is then sent back or not is the policy's business), "Accepted" what does not.
//!
//! An example is a fenced block. ```` ```json found=GOAL-010@/goals/0/statement/text ```` holds the top-level fields that
//! are laid over `BASE`, a plan that is otherwise in order (`null` takes a field away); under `standard`, or the policy
//! that `policy=strict` names, as of the day `TODAY` or the one `today=2026-06-01` names, the rule speaks at that
//! pointer. A ```` ```json ```` block under "Accepted" is judged alike, and the rule does not speak. `others=2` says that
//! two other people have the same long goals and the same text as a whole, `held=other-content` that the same version of the
//! record is held with other content. Rules on files have ```` ```text ```` blocks instead: the raw file, which the
//! pipeline's tests execute.

use std::iter::Peekable;

use serde_json::{Map, Value};

/// Headings of every page, in order.
pub const SECTIONS: [&str; 6] =
    ["What it looks for", "Why it matters to the person", "Found", "Accepted", "What to do", "Basis"];

/// The day on which examples are judged.
pub const TODAY: &str = "2026-03-02";

/// The plan that examples are laid over; no rule speaks of it under any policy.
pub const BASE: &str = include_str!("base.json");

/// A page, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The rule's id.
    pub id: &'static str,
    /// The rule's name.
    pub name: &'static str,
    /// The rule in one sentence: its summary in lists.
    pub sentence: &'static str,
    /// The sections, in the order of `SECTIONS`.
    pub sections: Vec<Section>,
    /// The examples, in the order of the page.
    pub examples: Vec<Example>,
}

/// A heading and what stands under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// The heading.
    pub heading: &'static str,
    /// Its Markdown.
    pub body: &'static str,
}

/// One executed example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The page's line at which it starts, counted from 1.
    pub line: usize,
    /// What it holds.
    pub form: Form,
    /// Rule and pointer of the finding it raises; nothing under "Accepted".
    pub found: Option<(&'static str, &'static str)>,
    /// The policy it is judged under.
    pub policy: &'static str,
    /// The day it is judged on.
    pub today: &'static str,
    /// How many other people have the same long texts.
    pub others: usize,
    /// Whether the same version of the record is held with other content.
    pub held_otherwise: bool,
    /// The text between the fences.
    pub text: &'static str,
}

/// What an example holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Fields of a plan.
    Plan,
    /// A raw file.
    File,
}

/// A page that is not of the fixed shape.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct PageFault {
    /// The line, counted from 1.
    pub line: usize,
    /// What is to be mended.
    pub fault: String,
}

impl Page {
    /// Takes a page apart.
    pub fn parse(text: &'static str) -> Result<Self, PageFault> {
        let mut lines = Lines::of(text);
        let title = lines.next_full().and_then(|line| line.text.strip_prefix("# ")?.split_once(' '));
        let (id, name) = title.ok_or_else(|| fault(1, "the page starts with `# ID name`"))?;
        let sentence = lines.next_full().filter(|line| !line.text.starts_with('#'));
        let sentence = sentence.ok_or_else(|| fault(2, "one sentence follows the title"))?.text;
        let mut page = Self { id, name, sentence, sections: Vec::new(), examples: Vec::new() };
        for heading in SECTIONS {
            page.take_section(heading, text, &mut lines)?;
        }
        match lines.next_full() {
            Some(line) => Err(fault(line.number, "no section stands after the last one of the fixed order")),
            None => Ok(page),
        }
    }

    /// The Markdown under a heading.
    pub fn section(&self, heading: &str) -> &'static str {
        self.sections.iter().find(|section| section.heading == heading).map_or("", |section| section.body)
    }

    fn take_section(&mut self, heading: &'static str, text: &'static str, lines: &mut Lines) -> Result<(), PageFault> {
        let head =
            lines.next_full().ok_or_else(|| fault(text.lines().count(), format!("`## {heading}` is missing")))?;
        if head.text.strip_prefix("## ") != Some(heading) {
            return Err(fault(head.number, format!("`## {heading}` stands here")));
        }
        let start = head.end;
        let mut end = start;
        while let Some(line) = lines.next_within_section() {
            end = line.end;
            if let Some(info) = line.text.strip_prefix("```") {
                let example = Example::take(info, &line, heading, text, lines)?;
                end = example.1;
                self.examples.push(example.0);
            }
        }
        let body = text[start..end].trim();
        if matches!(heading, "Found" | "Accepted") && !body.contains("```") {
            return Err(fault(head.number, format!("no example stands under `## {heading}`")));
        }
        if body.is_empty() {
            return Err(fault(head.number, format!("nothing stands under `## {heading}`")));
        }
        self.sections.push(Section { heading, body });
        Ok(())
    }
}

impl Example {
    /// The plan of the example: its fields laid over the base.
    pub fn plan(&self) -> Result<Value, serde_json::Error> {
        let mut plan: Map<String, Value> = serde_json::from_str(BASE)?;
        let fields: Map<String, Value> = serde_json::from_str(self.text)?;
        for (name, value) in fields {
            plan.insert(name, value);
        }
        Ok(Value::Object(plan))
    }

    fn plain(line: usize, form: Form) -> Self {
        let (policy, today) = ("standard", TODAY);
        Self { line, form, found: None, policy, today, others: 0, held_otherwise: false, text: "" }
    }

    fn take(
        info: &'static str,
        opening: &Line,
        heading: &str,
        text: &'static str,
        lines: &mut Lines,
    ) -> Result<(Self, usize), PageFault> {
        let mut words = info.split_whitespace();
        let form = match words.next() {
            Some("json") => Form::Plan,
            Some("text") => Form::File,
            _ => return Err(fault(opening.number, "an example is fenced as `json` or `text`")),
        };
        let (line, start) = (opening.number, opening.end);
        let mut example = Self::plain(line, form);
        for word in words {
            match word.split_once('=') {
                Some(("held", "other-content")) => example.held_otherwise = true,
                Some(("found", finding)) => example.found = finding.split_once('@').or(Some((finding, ""))),
                Some(("policy", policy)) => example.policy = policy,
                Some(("today", day)) => example.today = day,
                Some(("others", count)) => {
                    example.others =
                        count.parse().map_err(|_| fault(line, format!("`{count}` is no number of people")))?;
                }
                _ => {
                    return Err(fault(
                        line,
                        format!("`{word}` is none of found=, policy=, today=, others=, held=other-content"),
                    ));
                }
            }
        }
        if (heading == "Found") != example.found.is_some() || !matches!(heading, "Found" | "Accepted") {
            return Err(fault(line, "examples with found= stand under Found, others under Accepted"));
        }
        let mut end = start;
        for inner in lines.by_ref() {
            if inner.text == "```" {
                example.text = &text[start..end];
                return Ok((example, inner.end));
            }
            end = inner.end;
        }
        Err(fault(line, "the fence is not closed"))
    }
}

/// A line, its number from 1, and where it ends in the page.
#[derive(Clone, Copy)]
struct Line {
    number: usize,
    text: &'static str,
    end: usize,
}

/// The lines of a page.
struct Lines {
    rest: Peekable<Box<dyn Iterator<Item = Line>>>,
}

impl Lines {
    fn of(text: &'static str) -> Self {
        let mut end = 0;
        let lines = text.split_inclusive('\n').enumerate().map(move |(index, line)| {
            end += line.len();
            Line { number: index + 1, text: line.trim_end(), end }
        });
        let lines: Box<dyn Iterator<Item = Line>> = Box::new(lines);
        Self { rest: lines.peekable() }
    }

    /// The next line that is not empty.
    fn next_full(&mut self) -> Option<Line> {
        self.rest.by_ref().find(|line| !line.text.is_empty())
    }

    /// The next line, unless it opens another section.
    fn next_within_section(&mut self) -> Option<Line> {
        self.rest.next_if(|line| !line.text.starts_with("## "))
    }
}

impl Iterator for Lines {
    type Item = Line;
    fn next(&mut self) -> Option<Line> {
        self.rest.next()
    }
}

fn fault(line: usize, fault: impl Into<String>) -> PageFault {
    PageFault { line, fault: fault.into() }
}
