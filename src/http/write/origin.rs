//! Where a finding's value stood in what was sent, although the plan was read from what was put together.

use std::sync::Arc;

use serde_json::Value;

use crate::{
    fhir::to_plan::element_path,
    plan::{
        Place,
        place::{Locate, Spot},
    },
    source::pointer,
};

/// Where each entry of what was put together came from.
#[derive(Debug)]
pub(super) struct Origins {
    /// JSON pointer into what was sent; nothing for what we held.
    pub(super) entries: Vec<(Option<String>, String)>,
    /// The text that was sent, where its lines are the sender's.
    pub(super) text: Option<String>,
    /// The type of what was sent.
    pub(super) root: String,
    /// What the sender did, in place of a file's name.
    pub(super) file: Arc<str>,
}

impl Origins {
    /// Where what was sent starts.
    pub(super) fn start(&self) -> Place {
        let line = u32::from(self.text.is_some());
        Place { file: Arc::clone(&self.file), line, column: line, field: None }
    }
}

impl Locate for Origins {
    fn place(&self, spot: Spot<'_>) -> Option<Place> {
        let Spot::Element(spot) = spot else { return None };
        let rest = spot.split_once(":/entry/")?.1;
        let (number, rest) = rest.split_once("/resource").unwrap_or((rest, ""));
        let (origin, held) = self.entries.get(number.parse::<usize>().ok()?)?;
        let Some(origin) = origin else {
            let field = element_path(held, rest);
            return Some(Place { field: Some(field.as_str().into()), ..self.start() });
        };
        let sent = format!("{origin}{rest}");
        let field = Some(Arc::from(element_path(&self.root, &sent).as_str()));
        let at = self.text.as_deref().and_then(|text| Some((text, pointer::find(text, &sent)?)));
        let Some((text, at)) = at else { return Some(Place { field, ..self.start() }) };
        let (line, column) = pointer::line_and_column(text, at, 1, 1);
        Some(Place { file: Arc::clone(&self.file), line, column, field })
    }
}

/// The type and id of a resource that we held, as the sender knows it.
pub(super) fn name_of(resource: &Value) -> String {
    resource["resourceType"].as_str().unwrap_or_default().to_owned()
}
