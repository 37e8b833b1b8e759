//! In which order matches are wanted: by their last change, or by a date that the type is searched by.
//!
//! Going up, a stretch of time counts by its start; going down, by its end. What has no such date comes last, either way.

use std::cmp::{Ordering, Reverse};

use serde_json::Value;

use super::{
    moment::Stretch,
    table::{Form, Parameter, Searched},
    wanted::elements,
};

/// Which way an order goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The oldest first.
    Up,
    /// The newest first.
    Down,
}

/// What `_sort` asks for.
#[derive(Debug)]
pub struct Order(Vec<By>);

#[derive(Debug)]
struct By {
    /// The date; none for the last change.
    date: Option<&'static Parameter>,
    is_down: bool,
}

const TAKEN: &str =
    "it takes _lastUpdated and the date parameters of the type, each with or without a minus sign before it";

impl Order {
    /// The order of a `_sort`.
    pub(super) fn of(searched: &'static Searched, value: &str) -> Result<Self, &'static str> {
        let by = |text: &str| {
            let (name, is_down) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
            let date = searched.parameter(name).filter(|parameter| parameter.form == Form::Date);
            (date.is_some() || name == "_lastUpdated").then_some(By { date, is_down })
        };
        value.split(',').map(by).collect::<Option<_>>().map(Self).ok_or(TAKEN)
    }

    /// Which way it goes, where it is the order in which resources changed.
    pub fn of_change(&self) -> Option<Way> {
        match self.0[..] {
            [By { date: None, is_down: false }] => Some(Way::Up),
            [By { date: None, is_down: true }] => Some(Way::Down),
            _ => None,
        }
    }

    /// How two resources stand to each other, each with the moment of its last change.
    pub fn compare(&self, one: (&Value, i64), other: (&Value, i64)) -> Ordering {
        let by = |by: &By| by.key(one).cmp(&by.key(other));
        self.0.iter().map(by).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }
}

impl By {
    /// Where a resource stands: whether it lacks the date, and the date as the direction counts it.
    fn key(&self, (resource, changed_at): (&Value, i64)) -> (bool, i64, Reverse<i64>) {
        let stretch = match self.date {
            None => Some(Stretch::moment(changed_at)),
            Some(date) => elements(resource, date).into_iter().filter_map(Stretch::of_element).reduce(Stretch::around),
        };
        match stretch {
            None => (true, 0, Reverse(0)),
            Some(stretch) if self.is_down => (false, 0, Reverse(stretch.end)),
            Some(stretch) => (false, stretch.start, Reverse(0)),
        }
    }
}
