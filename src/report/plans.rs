//! Goes through the plans that a report counts, a page at a time.

use super::figures::{Period, ReportError};
use crate::{
    plan::Plan,
    store::{AgencyScope, PlanVersion, Store},
};

/// Plans read from the store at once.
const PAGE: u32 = 500;

/// Shows the newest version of each plan received in the period, in the order of agency and plan id.
pub(super) async fn each_plan(
    store: &Store,
    period: Period,
    scope: &AgencyScope,
    mut see: impl FnMut(&PlanVersion, &Plan),
) -> Result<(), ReportError> {
    let (from, to) = period.moments().ok_or(ReportError::Period)?;
    let mut after = None;
    loop {
        let page = store.latest_plans(from, to, scope, after, PAGE).await?;
        for version in &page {
            see(version, &plan_of(version)?);
        }
        match page.last() {
            Some(last) if page.len() == PAGE as usize => after = Some((last.agency.clone(), last.plan_id.clone())),
            _ => return Ok(()),
        }
    }
}

fn plan_of(version: &PlanVersion) -> Result<Plan, ReportError> {
    serde_json::from_str(&version.json).map_err(|_| ReportError::NotOurPlan {
        agency: version.agency.clone(),
        plan_id: version.plan_id.clone(),
        version: version.version,
    })
}
