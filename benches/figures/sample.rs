//! A plan of about 2.5 KB, as an agency would send it; every number gives another plan of another person.

use serde_json::json;

/// The plan of a number, as plan JSON.
pub(crate) fn plan(number: u64) -> String {
    json!({
        "schema_version": "1.0", "plan_id": format!("RP-{number}"),
        "source": { "agency_id": "bench", "record_id": number.to_string(), "system": "bench",
            "exported_at": "2026-09-14T15:20:00-04:00" },
        "plan_type": "initial", "status": "active", "period": { "start": "2026-09-14", "end": "2027-03-14" },
        "next_review_due": "2026-12-14",
        "person": { "local_id": format!("P-{number}"), "name": { "family": "Brandt", "given": ["Tessa"] },
            "birth_date": "1991-03-14", "sex": "female", "primary_language": "en" },
        "planning": { "person_took_part": "yes", "participants": [
            { "name": "Kim R.", "role": "peer", "function": "ally", "invited_by_person": "yes" },
            { "name": "J. Lee", "role": "clinician", "function": "facilitator" },
            { "name": "Rita", "role": "family", "relationship": "natural" }] },
        "goals": [
            { "goal_id": "g1", "statement": { "text": "I want to bake bread again, the kind my grandmother made, and sell it at the Saturday market.",
                "lang": "en", "expressed_by": "person", "capture_method": "spoken-verbatim" },
              "kind": "life-goal", "domain": "work", "rank": 1, "start_date": "2026-09-14", "status": "active",
              "why_it_matters": "It is what my hands know how to do.", "strengths_used": ["s1"] },
            { "goal_id": "g2", "statement": { "text": "I'd like my son to stay over on weekends.", "lang": "en" },
              "kind": "life-goal", "domain": "family-and-parenting", "rank": 2, "start_date": "2026-09-14", "status": "active" }],
        "strengths": [
            { "strength_id": "s1", "text": "Up before everyone else, and people ask for her rolls", "category": "skill-or-talent", "told_by": "person" },
            { "strength_id": "s2", "text": "Her cousin Rita calls every Sunday", "category": "relationship-or-natural-support", "told_by": "person" }],
        "barriers": [{ "id": "b1", "text": "gets scared on crowded buses", "kind": "internal" }],
        "objectives": [
            { "id": "o1", "goal_id": "g1", "text": "By October 15 Tessa will have asked what the market wants of a new stall.",
              "measure": "visits", "due_date": "2026-10-15", "outcome_type": "life-outcome" },
            { "id": "o2", "goal_id": "g2", "text": "One overnight stay by November 1.", "measure": "stays",
              "due_date": "2026-11-01", "outcome_type": "life-outcome" }],
        "actions": [
            { "id": "a1", "goal_id": "g1", "objective_id": "o1", "actor": "person", "text": "Walk to the market office on Friday." },
            { "id": "a2", "goal_id": "g1", "objective_id": "o1", "actor": "natural-support", "actor_name": "Rita",
              "relationship": "cousin", "text": "Rides the bus with her the first time." },
            { "id": "a3", "goal_id": "g1", "objective_id": "o1", "actor": "professional", "text": "Supported employment",
              "service_code": "H2023", "frequency": "weekly", "duration": "3 months" }],
        "agreement": { "person_agrees": "yes", "person_signed_on": "2026-09-14", "copy_offered": "yes" },
    })
    .to_string()
}

/// The same plan as a row of the flat CSV, under its header.
pub(crate) fn row(number: u64) -> String {
    format!(
        "bench,{number:06},Brandt,Tessa,1991-03-14,F,RP-{number},2026-09-14,2026-12-14,1,\"I want to bake bread again, the kind my grandmother made, and sell it at the Saturday market.\",Up before everyone else; people ask for her rolls,1,Find out by October 15 what the market asks of a new stall,Supported employment,weekly,\"J. Lee, LCSW\",Cousin Rita,2026-10-15,active,Y,2026-09-14T15:20:00-04:00\n"
    )
}

/// The header of the flat CSV.
pub(crate) const HEADER: &str = "agency_id,client_id,last_name,first_name,dob,sex,plan_id,plan_date,review_due,goal_no,goal_own_words,strengths,objective_no,objective,intervention,frequency,responsible,natural_supports,target_date,status,client_signed,last_modified\n";
