//! Which parameters each type is searched by, as R4 and US Core name them: where the values stand and how they compare.
//!
//! The capability statement is made from this table, and what is not in it is not read.

/// How values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::fhir) enum Form {
    Token,
    Date,
    Reference,
    /// Begins with, whatever the case and the accents.
    Text,
}

/// One parameter of a type.
#[derive(Debug)]
pub(in crate::fhir) struct Parameter {
    pub(in crate::fhir) name: &'static str,
    pub(in crate::fhir) form: Form,
    /// Elements from the resource down, through lists; alternatives are parted by a bar.
    pub(super) path: &'static str,
}

/// A type and what it is searched by, besides `_id` and `_lastUpdated`.
#[derive(Debug)]
pub struct Searched {
    /// Resource type.
    pub kind: &'static str,
    pub(in crate::fhir) parameters: &'static [Parameter],
}

impl Searched {
    /// The type of a name, if we keep it.
    pub fn named(kind: &str) -> Option<&'static Self> {
        TYPES.iter().find(|one| one.kind == kind)
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters.iter().find(|one| one.name == name)
    }
}

impl Parameter {
    /// Whether there is an element that points to something.
    pub(in crate::fhir) fn points_somewhere(&self) -> bool {
        !self.path.is_empty()
    }

    /// Whether it says whose a resource is.
    pub(super) fn is_of_person(&self) -> bool {
        matches!(self.name, "patient" | "subject") && self.form == Form::Reference
    }
}

const fn token(name: &'static str, path: &'static str) -> Parameter {
    Parameter { name, form: Form::Token, path }
}

const fn date(name: &'static str, path: &'static str) -> Parameter {
    Parameter { name, form: Form::Date, path }
}

const fn reference(name: &'static str, path: &'static str) -> Parameter {
    Parameter { name, form: Form::Reference, path }
}

const fn text(name: &'static str, path: &'static str) -> Parameter {
    Parameter { name, form: Form::Text, path }
}

const NAME: Parameter = text("name", "name");
const FAMILY: Parameter = text("family", "name.family");
const GIVEN: Parameter = text("given", "name.given");
const IDENTIFIER: Parameter = token("identifier", "identifier");
const STATUS: Parameter = token("status", "status");
const CATEGORY: Parameter = token("category", "category");
const CODE: Parameter = token("code", "code");
const INTENT: Parameter = token("intent", "intent");
const PERSON: Parameter = reference("patient", "subject");
const SUBJECT: Parameter = reference("subject", "subject");

/// Every type that we write, in the alphabet's order.
pub(in crate::fhir) const TYPES: &[Searched] = &[
    Searched {
        kind: "CarePlan",
        parameters: &[
            reference("activity-reference", "activity.reference"),
            reference("care-team", "careTeam"),
            CATEGORY,
            reference("condition", "addresses"),
            date("date", "period"),
            reference("goal", "goal"),
            IDENTIFIER,
            INTENT,
            reference("part-of", "partOf"),
            PERSON,
            STATUS,
            SUBJECT,
        ],
    },
    Searched {
        kind: "CareTeam",
        parameters: &[
            CATEGORY,
            date("date", "period"),
            IDENTIFIER,
            reference("participant", "participant.member"),
            PERSON,
            token("role", "participant.role"),
            STATUS,
            SUBJECT,
        ],
    },
    Searched {
        kind: "Condition",
        parameters: &[CATEGORY, token("clinical-status", "clinicalStatus"), CODE, IDENTIFIER, PERSON, SUBJECT],
    },
    Searched {
        kind: "Consent",
        parameters: &[
            reference("actor", "provision.actor.reference"),
            CATEGORY,
            date("date", "dateTime"),
            IDENTIFIER,
            reference("patient", "patient"),
            token("scope", "scope"),
            reference("source-reference", "sourceReference"),
            STATUS,
        ],
    },
    Searched {
        kind: "Contract",
        parameters: &[IDENTIFIER, PERSON, reference("signer", "signer.party"), STATUS, SUBJECT],
    },
    Searched {
        kind: "DocumentReference",
        parameters: &[CATEGORY, IDENTIFIER, PERSON, STATUS, SUBJECT, token("type", "type")],
    },
    Searched {
        kind: "EpisodeOfCare",
        parameters: &[
            reference("care-manager", "careManager"),
            date("date", "period"),
            IDENTIFIER,
            reference("organization", "managingOrganization"),
            reference("patient", "patient"),
            STATUS,
            token("type", "type"),
        ],
    },
    Searched {
        kind: "Goal",
        parameters: &[
            token("achievement-status", "achievementStatus"),
            CATEGORY,
            token("description", "description"),
            IDENTIFIER,
            token("lifecycle-status", "lifecycleStatus"),
            PERSON,
            date("start-date", "startDate"),
            SUBJECT,
            date("target-date", "target.dueDate"),
        ],
    },
    Searched {
        kind: "List",
        parameters: &[CODE, IDENTIFIER, reference("item", "entry.item"), PERSON, STATUS, SUBJECT],
    },
    Searched {
        kind: "Observation",
        parameters: &[
            CATEGORY,
            CODE,
            date("date", "effectiveDateTime|effectivePeriod"),
            reference("focus", "focus"),
            reference("has-member", "hasMember"),
            IDENTIFIER,
            PERSON,
            reference("performer", "performer"),
            STATUS,
            SUBJECT,
            token("value-concept", "valueCodeableConcept"),
        ],
    },
    Searched { kind: "Organization", parameters: &[IDENTIFIER, NAME] },
    Searched {
        kind: "Patient",
        parameters: &[
            date("birthdate", "birthDate"),
            FAMILY,
            token("gender", "gender"),
            GIVEN,
            IDENTIFIER,
            NAME,
            reference("organization", "managingOrganization"),
        ],
    },
    Searched { kind: "Practitioner", parameters: &[FAMILY, GIVEN, IDENTIFIER, NAME] },
    Searched {
        kind: "PractitionerRole",
        parameters: &[
            IDENTIFIER,
            reference("organization", "organization"),
            reference("practitioner", "practitioner"),
            token("role", "code"),
        ],
    },
    Searched {
        kind: "Procedure",
        parameters: &[
            CATEGORY,
            CODE,
            date("date", "performedDateTime|performedPeriod"),
            IDENTIFIER,
            PERSON,
            STATUS,
            SUBJECT,
        ],
    },
    Searched {
        kind: "Provenance",
        parameters: &[
            reference("agent", "agent.who"),
            token("agent-type", "agent.type"),
            reference("patient", ""),
            date("recorded", "recorded"),
            reference("target", "target"),
        ],
    },
    Searched {
        kind: "QuestionnaireResponse",
        parameters: &[
            reference("author", "author"),
            date("authored", "authored"),
            IDENTIFIER,
            PERSON,
            reference("source", "source"),
            STATUS,
            SUBJECT,
        ],
    },
    Searched {
        kind: "RelatedPerson",
        parameters: &[
            token("active", "active"),
            IDENTIFIER,
            NAME,
            reference("patient", "patient"),
            token("relationship", "relationship"),
        ],
    },
    Searched {
        kind: "RiskAssessment",
        parameters: &[date("date", "occurrenceDateTime|occurrencePeriod"), IDENTIFIER, PERSON, SUBJECT],
    },
    Searched {
        kind: "ServiceRequest",
        parameters: &[
            date("authored", "authoredOn"),
            CATEGORY,
            CODE,
            IDENTIFIER,
            INTENT,
            date("occurrence", "occurrenceDateTime|occurrencePeriod|occurrenceTiming.repeat.boundsPeriod"),
            PERSON,
            reference("performer", "performer"),
            reference("requester", "requester"),
            STATUS,
            SUBJECT,
        ],
    },
    Searched {
        kind: "Task",
        parameters: &[
            date("authored-on", "authoredOn"),
            CODE,
            reference("focus", "focus"),
            IDENTIFIER,
            INTENT,
            reference("owner", "owner"),
            reference("patient", "for"),
            date("period", "executionPeriod"),
            reference("requester", "requester"),
            STATUS,
            reference("subject", "for"),
        ],
    },
];
