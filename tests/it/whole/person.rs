//! Whose plan it is, with every field filled.

use ownwords::plan::people::{Answer, DecisionSupport, Demographics, Identifier, Name, Person, PersonStatus};

pub(super) fn person() -> Person {
    Person {
        local_id: Some("Person.local_id".into()),
        state_id: Some("Person.state_id".into()),
        identifiers: vec![identifier()],
        name: Some(name()),
        birth_date: Some("2026-03-02".into()),
        sex: Some("Person.sex".into()),
        demographics: Some(demographics()),
        status: Some(person_status()),
        preferred_name: Some("Person.preferred_name".into()),
        pronouns: Some("Person.pronouns".into()),
        how_described: Some("Person.how_described".into()),
        primary_language: Some("Person.primary_language".into()),
        communication_modes: vec!["with-support-person".into()],
        decision_support: Some(DecisionSupport { kind: Some("parent-of-minor".into()) }),
    }
}

fn identifier() -> Identifier {
    Identifier {
        system: Some("Identifier.system".into()),
        value: Some("Identifier.value".into()),
        r#type: Some("Identifier.type".into()),
    }
}

fn name() -> Name {
    Name { family: Some("Name.family".into()), given: vec!["Name.given".into()], text: Some("Name.text".into()) }
}

fn demographics() -> Demographics {
    Demographics {
        race: vec![answer()],
        ethnicity: vec![answer()],
        sex: vec![answer()],
        gender: vec![answer()],
        tribal_affiliation: vec![answer()],
        religion: vec![answer()],
    }
}

fn person_status() -> PersonStatus {
    PersonStatus {
        smi_sed: Some(answer()),
        living_situation: Some(answer()),
        employment: Some(answer()),
        not_in_labor_force: Some(answer()),
        school_attendance: Some(answer()),
        county: Some(answer()),
        funding: vec![answer()],
    }
}

fn answer() -> Answer {
    Answer {
        code: Some("Answer.code".into()),
        text: Some("Answer.text".into()),
        missing: Some("declined".into()),
        as_of: Some("2026-03-02".into()),
    }
}
