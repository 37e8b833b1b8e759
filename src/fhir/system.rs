//! The URLs we write: profiles, extensions, code systems and identifier systems, each once.
//!
//! Names that are built from an agency's id are made in `from_plan`; which resource claims which profile is in `claim`.

/// Base of everything that we define ourselves, and of the fullUrls in our Bundles.
pub const OWN_BASE: &str = "https://ownwords.org/fhir/";

/// Profiles of US Core, eLTSS, PCO and our own.
pub(super) mod profile {
    pub(in crate::fhir) const CORE_PATIENT: &str = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient";
    pub(in crate::fhir) const CORE_ORGANIZATION: &str =
        "http://hl7.org/fhir/us/core/StructureDefinition/us-core-organization";
    pub(in crate::fhir) const CORE_PRACTITIONER: &str =
        "http://hl7.org/fhir/us/core/StructureDefinition/us-core-practitioner";
    pub(in crate::fhir) const CORE_PRACTITIONER_ROLE: &str =
        "http://hl7.org/fhir/us/core/StructureDefinition/us-core-practitionerrole";
    pub(in crate::fhir) const CORE_DOCUMENT: &str =
        "http://hl7.org/fhir/us/core/StructureDefinition/us-core-documentreference";
    pub(in crate::fhir) const CORE_RELATED_PERSON: &str =
        "http://hl7.org/fhir/us/core/StructureDefinition/us-core-relatedperson";
    pub(in crate::fhir) const CORE_CARE_TEAM: &str = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-careteam";
    pub(in crate::fhir) const CORE_CARE_PLAN: &str = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-careplan";
    pub(in crate::fhir) const CORE_GOAL: &str = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-goal";
    pub(in crate::fhir) const CORE_SERVICE_REQUEST: &str =
        "http://hl7.org/fhir/us/core/StructureDefinition/us-core-servicerequest";
    pub(in crate::fhir) const CORE_OBSERVATION: &str =
        "http://hl7.org/fhir/us/core/StructureDefinition/us-core-simple-observation";
    pub(in crate::fhir) const CORE_SCREENING: &str =
        "http://hl7.org/fhir/us/core/StructureDefinition/us-core-observation-screening-assessment";
    pub(in crate::fhir) const CORE_CONDITION: &str =
        "http://hl7.org/fhir/us/core/StructureDefinition/us-core-condition-problems-health-concerns";
    pub(in crate::fhir) const CORE_ANSWERS: &str =
        "http://hl7.org/fhir/us/core/StructureDefinition/us-core-questionnaireresponse";
    pub(in crate::fhir) const CORE_PROCEDURE: &str =
        "http://hl7.org/fhir/us/core/StructureDefinition/us-core-procedure";
    pub(in crate::fhir) const CORE_PROVENANCE: &str =
        "http://hl7.org/fhir/us/core/StructureDefinition/us-core-provenance";
    pub(in crate::fhir) const ELTSS_PATIENT: &str = "http://hl7.org/fhir/us/eltss/StructureDefinition/Patient-eltss";
    pub(in crate::fhir) const ELTSS_PRACTITIONER: &str =
        "http://hl7.org/fhir/us/eltss/StructureDefinition/Practitioner-eltss";
    pub(in crate::fhir) const ELTSS_PRACTITIONER_ROLE: &str =
        "http://hl7.org/fhir/us/eltss/StructureDefinition/PractitionerRole-eltss";
    pub(in crate::fhir) const ELTSS_CONTRACT: &str = "http://hl7.org/fhir/us/eltss/StructureDefinition/Contract-eltss";
    pub(in crate::fhir) const ELTSS_RELATED_PERSON: &str =
        "http://hl7.org/fhir/us/eltss/StructureDefinition/RelatedPerson-eltss";
    pub(in crate::fhir) const ELTSS_CARE_PLAN: &str = "http://hl7.org/fhir/us/eltss/StructureDefinition/CarePlan-eltss";
    pub(in crate::fhir) const ELTSS_GOAL: &str = "http://hl7.org/fhir/us/eltss/StructureDefinition/Goal-eltss";
    pub(in crate::fhir) const ELTSS_OBSERVATION: &str =
        "http://hl7.org/fhir/us/eltss/StructureDefinition/Observation-eltss";
    pub(in crate::fhir) const ELTSS_CONDITION: &str =
        "http://hl7.org/fhir/us/eltss/StructureDefinition/Condition-eltss";
    pub(in crate::fhir) const ELTSS_SERVICE_REQUEST: &str =
        "http://hl7.org/fhir/us/eltss/StructureDefinition/ServiceRequest-eltss";
    pub(in crate::fhir) const ELTSS_ANSWERS: &str =
        "http://hl7.org/fhir/us/eltss/StructureDefinition/QuestionnaireResponse-eltss";
    pub(in crate::fhir) const ELTSS_EPISODE: &str =
        "http://hl7.org/fhir/us/eltss/StructureDefinition/EpisodeOfCare-eltss";
    pub(in crate::fhir) const ELTSS_RISK: &str =
        "http://hl7.org/fhir/us/eltss/StructureDefinition/RiskAssessment-eltss";
    pub(in crate::fhir) const PCO_CARE_PLAN: &str = "http://hl7.org/fhir/us/pco/StructureDefinition/pco-care-plan";
    pub(in crate::fhir) const PCO_GOAL: &str = "http://hl7.org/fhir/us/pco/StructureDefinition/pco-goal-profile";
    pub(in crate::fhir) const PCO_GAS_GOAL: &str =
        "http://hl7.org/fhir/us/pco/StructureDefinition/pco-gas-goal-profile";
    pub(in crate::fhir) const PCO_GAS_SCORE: &str =
        "http://hl7.org/fhir/us/pco/StructureDefinition/pco-gas-score-observation";
    pub(in crate::fhir) const PCO_PROM_GOAL: &str =
        "http://hl7.org/fhir/us/pco/StructureDefinition/pco-prom-goal-profile";
    pub(in crate::fhir) const PCO_PROM_SCORE: &str =
        "http://hl7.org/fhir/us/pco/StructureDefinition/pco-prom-score-observation";
    pub(in crate::fhir) const PCO_WHAT_MATTERS: &str =
        "http://hl7.org/fhir/us/pco/StructureDefinition/pco-what-matters-assessment";
    pub(in crate::fhir) const PCO_BARRIER: &str = "http://hl7.org/fhir/us/pco/StructureDefinition/pco-goal-barrier";
    pub(in crate::fhir) const PCO_READINESS: &str =
        "http://hl7.org/fhir/us/pco/StructureDefinition/pco-readiness-assessment";
    pub(in crate::fhir) const PCO_PRIORITIES: &str =
        "http://hl7.org/fhir/us/pco/StructureDefinition/pco-personal-priorities-organizer";
    pub(in crate::fhir) const OWN_CARE_PLAN: &str = "https://ownwords.org/fhir/StructureDefinition/pcrp-careplan";
    pub(in crate::fhir) const OWN_GOAL: &str = "https://ownwords.org/fhir/StructureDefinition/own-words-goal";
}

/// Extensions of HL7 and our own.
pub(super) mod extension {
    pub(in crate::fhir) const LANGUAGE: &str = "http://hl7.org/fhir/StructureDefinition/language";
    pub(in crate::fhir) const TRANSLATION: &str = "http://hl7.org/fhir/StructureDefinition/translation";
    pub(in crate::fhir) const DATA_ABSENT: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
    pub(in crate::fhir) const ANNOTATION_TYPE: &str = "http://hl7.org/fhir/StructureDefinition/annotationType";
    pub(in crate::fhir) const STATUS_REASON: &str = "http://hl7.org/fhir/StructureDefinition/workflow-statusReason";
    pub(in crate::fhir) const GOAL_ACCEPTANCE: &str = "http://hl7.org/fhir/StructureDefinition/goal-acceptance";
    pub(in crate::fhir) const GOAL_RELATIONSHIP: &str = "http://hl7.org/fhir/StructureDefinition/goal-relationship";
    pub(in crate::fhir) const PERTAINS_TO_GOAL: &str =
        "http://hl7.org/fhir/StructureDefinition/resource-pertainsToGoal";
    pub(in crate::fhir) const TARGET_ELEMENT: &str = "http://hl7.org/fhir/StructureDefinition/targetElement";
    pub(in crate::fhir) const INTERPRETER_REQUIRED: &str =
        "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired";
    pub(in crate::fhir) const PRONOUNS: &str = "http://hl7.org/fhir/StructureDefinition/individual-pronouns";
    pub(in crate::fhir) const EPISODE: &str = "http://hl7.org/fhir/StructureDefinition/workflow-episodeOfCare";
    pub(in crate::fhir) const RISK_PLAN: &str = "http://hl7.org/fhir/us/eltss/StructureDefinition/eltss-RiskPlan";
    pub(in crate::fhir) const RACE: &str = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race";
    pub(in crate::fhir) const ETHNICITY: &str = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-ethnicity";
    pub(in crate::fhir) const GENDER_IDENTITY: &str =
        "http://hl7.org/fhir/us/core/StructureDefinition/us-core-genderIdentity";
    pub(in crate::fhir) const PROTECTIVE_FACTOR: &str =
        "http://hl7.org/fhir/StructureDefinition/workflow-protectiveFactor";
    pub(in crate::fhir) const SCALE: &str =
        "http://hl7.org/fhir/us/pco/StructureDefinition/pco-goal-attainment-scaling";
    pub(in crate::fhir) const APPLIES_WHEN: &str = "https://ownwords.org/fhir/StructureDefinition/applies-when";
    pub(in crate::fhir) const INDIVIDUAL_GENDER: &str =
        "http://hl7.org/fhir/StructureDefinition/individual-genderIdentity";
    pub(in crate::fhir) const TRIBE: &str =
        "http://hl7.org/fhir/us/core/StructureDefinition/us-core-tribal-affiliation";
    pub(in crate::fhir) const RELIGION: &str = "http://hl7.org/fhir/StructureDefinition/patient-religion";
    pub(in crate::fhir) const LABEL_BASIS: &str =
        "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-sec-label-basis";
    pub(in crate::fhir) const ISSUE_FILE: &str = "http://hl7.org/fhir/StructureDefinition/operationoutcome-file";
    pub(in crate::fhir) const ISSUE_LINE: &str = "http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-line";
    pub(in crate::fhir) const ISSUE_COLUMN: &str = "http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-col";
    pub(in crate::fhir) const WORDS_CAPTURE: &str = "https://ownwords.org/fhir/StructureDefinition/words-capture";
    pub(in crate::fhir) const SECTION_ABSENCE: &str = "https://ownwords.org/fhir/StructureDefinition/section-absence";
    pub(in crate::fhir) const PLAN_OFFER: &str = "https://ownwords.org/fhir/StructureDefinition/plan-offer";
    pub(in crate::fhir) const PARTICIPANT_PLANNING: &str =
        "https://ownwords.org/fhir/StructureDefinition/participant-planning";
    pub(in crate::fhir) const HEALTHCARE_AGENT: &str = "https://ownwords.org/fhir/StructureDefinition/healthcare-agent";
    pub(in crate::fhir) const ACTION_CHOICE: &str = "https://ownwords.org/fhir/StructureDefinition/action-choice";
    pub(in crate::fhir) const COMMUNICATION_MODE: &str =
        "https://ownwords.org/fhir/StructureDefinition/communication-mode";
    pub(in crate::fhir) const DECISION_SUPPORT: &str = "https://ownwords.org/fhir/StructureDefinition/decision-support";
    pub(in crate::fhir) const FINALIZED_ON: &str = "https://ownwords.org/fhir/StructureDefinition/finalized-on";
    pub(in crate::fhir) const RULE_OVERRIDE: &str = "https://ownwords.org/fhir/StructureDefinition/rule-override";
    /// A value that FHIR asks for and the source did not give.
    pub(in crate::fhir) const ASSUMED: &str = "https://ownwords.org/fhir/StructureDefinition/assumed";
    /// The source's own word, where FHIR's type takes another or none.
    pub(in crate::fhir) const AS_RECORDED: &str = "https://ownwords.org/fhir/StructureDefinition/as-recorded";
    pub(in crate::fhir) const SOURCE_RECORD: &str = "https://ownwords.org/fhir/StructureDefinition/source-record";
    pub(in crate::fhir) const GOAL_RANK: &str = "https://ownwords.org/fhir/StructureDefinition/goal-rank";
    pub(in crate::fhir) const PREPLANNING_SUPPORT: &str =
        "https://ownwords.org/fhir/StructureDefinition/preplanning-support";
    pub(in crate::fhir) const PROGRESS_OF: &str = "https://ownwords.org/fhir/StructureDefinition/progress-of";
    pub(in crate::fhir) const PLAN_POINTER: &str = "https://ownwords.org/fhir/StructureDefinition/plan-pointer";
    pub(in crate::fhir) const SOURCE_FIELD: &str = "https://ownwords.org/fhir/StructureDefinition/source-field";
}

/// Code systems of HL7, SNOMED, LOINC, NUCC, CMS and our own.
pub(super) mod code {
    pub(in crate::fhir) const LOINC: &str = "http://loinc.org";
    pub(in crate::fhir) const SNOMED: &str = "http://snomed.info/sct";
    pub(in crate::fhir) const NUCC: &str = "http://nucc.org/provider-taxonomy";
    pub(in crate::fhir) const HCPCS: &str = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets";
    pub(in crate::fhir) const LANGUAGE: &str = "urn:ietf:bcp:47";
    /// Race and ethnicity as the CDC codes them.
    pub(in crate::fhir) const CDC_RACE: &str = "urn:oid:2.16.840.1.113883.6.238";
    pub(in crate::fhir) const CAREPLAN_CATEGORY: &str = "http://hl7.org/fhir/us/core/CodeSystem/careplan-category";
    pub(in crate::fhir) const CONDITION_CATEGORY: &str = "http://hl7.org/fhir/us/core/CodeSystem/condition-category";
    pub(in crate::fhir) const CORE_PROVENANCE_ROLE: &str =
        "http://hl7.org/fhir/us/core/CodeSystem/us-core-provenance-participant-type";
    pub(in crate::fhir) const ELTSS_CONDITION: &str =
        "http://hl7.org/fhir/us/eltss/CodeSystem/eltss-condition-category-code";
    pub(in crate::fhir) const ELTSS_OBSERVATION: &str =
        "http://hl7.org/fhir/us/eltss/CodeSystem/eltss-observation-codes-temporary";
    pub(in crate::fhir) const PCO: &str = "http://hl7.org/fhir/us/pco/CodeSystem/pco-concepts-temporary";
    pub(in crate::fhir) const PCO_DOMAIN: &str = "http://hl7.org/fhir/us/pco/CodeSystem/pco-goal-domains-temporary";
    pub(in crate::fhir) const PCO_READINESS: &str =
        "http://hl7.org/fhir/us/pco/CodeSystem/readiness-assessment-concepts-temporary";
    pub(in crate::fhir) const ACHIEVEMENT: &str = "http://terminology.hl7.org/CodeSystem/goal-achievement";
    pub(in crate::fhir) const GOAL_PRIORITY: &str = "http://terminology.hl7.org/CodeSystem/goal-priority";
    pub(in crate::fhir) const GOAL_RELATIONSHIP: &str = "http://terminology.hl7.org/CodeSystem/goal-relationship-type";
    pub(in crate::fhir) const DATA_ABSENT: &str = "http://terminology.hl7.org/CodeSystem/data-absent-reason";
    pub(in crate::fhir) const LIST_ORDER: &str = "http://terminology.hl7.org/CodeSystem/list-order";
    pub(in crate::fhir) const CONDITION_CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/condition-clinical";
    pub(in crate::fhir) const OBSERVATION_CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";
    pub(in crate::fhir) const PROVENANCE_ROLE: &str =
        "http://terminology.hl7.org/CodeSystem/provenance-participant-type";
    pub(in crate::fhir) const ROLE: &str = "http://terminology.hl7.org/CodeSystem/v3-RoleCode";
    pub(in crate::fhir) const ACT: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
    pub(in crate::fhir) const OBSERVATION_VALUE: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";
    pub(in crate::fhir) const CONFIDENTIALITY: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
    pub(in crate::fhir) const NULL_FLAVOR: &str = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor";
    pub(in crate::fhir) const CONSENT_SCOPE: &str = "http://terminology.hl7.org/CodeSystem/consentscope";
    pub(in crate::fhir) const CONSENT_CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/consentcategorycodes";
    pub(in crate::fhir) const SIGNER: &str = "http://terminology.hl7.org/CodeSystem/contractsignertypecodes";
    pub(in crate::fhir) const SIGNATURE: &str = "urn:iso-astm:E1762-95:2013";
    pub(in crate::fhir) const OWN_PLAN_CATEGORY: &str = "https://ownwords.org/fhir/CodeSystem/plan-category";
    pub(in crate::fhir) const OWN_PLAN_TYPE: &str = "https://ownwords.org/fhir/CodeSystem/plan-type";
    pub(in crate::fhir) const OWN_PLAN_CONCEPT: &str = "https://ownwords.org/fhir/CodeSystem/plan-concept";
    pub(in crate::fhir) const OWN_GOAL_KIND: &str = "https://ownwords.org/fhir/CodeSystem/goal-kind";
    pub(in crate::fhir) const OWN_GOAL_DOMAIN: &str = "https://ownwords.org/fhir/CodeSystem/goal-domain";
    pub(in crate::fhir) const OWN_GOAL_REASON: &str = "https://ownwords.org/fhir/CodeSystem/goal-status-reason";
    pub(in crate::fhir) const OWN_OUTCOME_TYPE: &str = "https://ownwords.org/fhir/CodeSystem/outcome-type";
    pub(in crate::fhir) const OWN_STRENGTH_KIND: &str = "https://ownwords.org/fhir/CodeSystem/strength-kind";
    pub(in crate::fhir) const OWN_BARRIER_KIND: &str = "https://ownwords.org/fhir/CodeSystem/barrier-kind";
    pub(in crate::fhir) const OWN_STAGE: &str = "https://ownwords.org/fhir/CodeSystem/stage-of-change";
    pub(in crate::fhir) const OWN_PARTICIPANT_ROLE: &str = "https://ownwords.org/fhir/CodeSystem/participant-role";
    pub(in crate::fhir) const OWN_TOOK_PART: &str = "https://ownwords.org/fhir/CodeSystem/took-part";
    pub(in crate::fhir) const OWN_AGREES: &str = "https://ownwords.org/fhir/CodeSystem/person-agrees";
    pub(in crate::fhir) const OWN_INTERPRETER: &str = "https://ownwords.org/fhir/CodeSystem/interpreter-kind";
    pub(in crate::fhir) const OWN_PREPLANNING: &str = "https://ownwords.org/fhir/CodeSystem/preplanning-kind";
    pub(in crate::fhir) const OWN_REVIEW: &str = "https://ownwords.org/fhir/CodeSystem/review-kind";
    pub(in crate::fhir) const OWN_PROGRAM_TYPE: &str = "https://ownwords.org/fhir/CodeSystem/program-type";
    pub(in crate::fhir) const OWN_PERSON_STATUS: &str = "https://ownwords.org/fhir/CodeSystem/person-status";
    pub(in crate::fhir) const OWN_MISSING: &str = "https://ownwords.org/fhir/CodeSystem/missing";
    pub(in crate::fhir) const OWN_SCORE_PHASE: &str = "https://ownwords.org/fhir/CodeSystem/score-phase";
    pub(in crate::fhir) const OWN_SCORED_BY: &str = "https://ownwords.org/fhir/CodeSystem/scored-by";
    pub(in crate::fhir) const OWN_RULE: &str = "https://ownwords.org/fhir/CodeSystem/ownwords-rule";

    /// LOINC's document of mental health advance directives, and its kind of documents that are advance directives.
    pub(in crate::fhir) const MENTAL_HEALTH_DIRECTIVE: &str = "104144-1";
    pub(in crate::fhir) const ADVANCE_DIRECTIVES: &str = "42348-3";

    /// LOINC's healthcare agent, and the first and second who decide in the agent's place.
    pub(in crate::fhir) const HEALTHCARE_AGENT: &str = "75783-1";
    pub(in crate::fhir) const ALTERNATE_AGENTS: [&str; 2] = ["75784-9", "75785-6"];

    /// LOINC's answers 0 to 10 (list LL2335-9).
    pub(in crate::fhir) const ZERO_TO_TEN: [&str; 11] = [
        "LA6111-4",
        "LA6112-2",
        "LA6113-0",
        "LA6114-8",
        "LA6115-5",
        "LA10137-0",
        "LA10138-8",
        "LA10139-6",
        "LA10140-4",
        "LA10141-2",
        "LA13942-0",
    ];

    /// LOINC's answers of goal attainment scaling (list LL6900-6), from two below what is expected to two above.
    pub(in crate::fhir) const ATTAINMENT: [&str; 5] = ["LA34484-8", "LA34483-0", "LA34481-4", "LA34480-6", "LA34479-8"];
}

/// Systems of identifiers that we give; their values are `urn:uuid:…`.
pub(super) mod sid {
    pub(in crate::fhir) const PERSON: &str = "https://ownwords.org/fhir/sid/person";
    pub(in crate::fhir) const STATE_PERSON: &str = "https://ownwords.org/fhir/sid/state-person";
    pub(in crate::fhir) const AGENCY: &str = "https://ownwords.org/fhir/sid/agency";
    pub(in crate::fhir) const AGENCY_CODE: &str = "https://ownwords.org/fhir/sid/agency-code";
    pub(in crate::fhir) const STAFF: &str = "https://ownwords.org/fhir/sid/staff";
    pub(in crate::fhir) const STAFF_ROLE: &str = "https://ownwords.org/fhir/sid/staff-role";
    pub(in crate::fhir) const SUPPORTER: &str = "https://ownwords.org/fhir/sid/supporter";
    pub(in crate::fhir) const TEAM: &str = "https://ownwords.org/fhir/sid/team";
    pub(in crate::fhir) const PLAN: &str = "https://ownwords.org/fhir/sid/plan";
    pub(in crate::fhir) const PLAN_VERSION: &str = "https://ownwords.org/fhir/sid/plan-version";
    pub(in crate::fhir) const CRISIS_PLAN: &str = "https://ownwords.org/fhir/sid/crisis-plan";
    pub(in crate::fhir) const GOAL: &str = "https://ownwords.org/fhir/sid/goal";
    pub(in crate::fhir) const EPISODE: &str = "https://ownwords.org/fhir/sid/episode";
    pub(in crate::fhir) const PRIORITIES: &str = "https://ownwords.org/fhir/sid/priorities";
    pub(in crate::fhir) const STRENGTH: &str = "https://ownwords.org/fhir/sid/strength";
    pub(in crate::fhir) const OBSERVATION: &str = "https://ownwords.org/fhir/sid/observation";
    pub(in crate::fhir) const NEED: &str = "https://ownwords.org/fhir/sid/need";
    pub(in crate::fhir) const RISK: &str = "https://ownwords.org/fhir/sid/risk";
    pub(in crate::fhir) const ACTION: &str = "https://ownwords.org/fhir/sid/action";
    pub(in crate::fhir) const REVIEW: &str = "https://ownwords.org/fhir/sid/review";
    pub(in crate::fhir) const PREPLANNING: &str = "https://ownwords.org/fhir/sid/preplanning";
    pub(in crate::fhir) const PARTICIPATION: &str = "https://ownwords.org/fhir/sid/participation";
    pub(in crate::fhir) const SIGNATURES: &str = "https://ownwords.org/fhir/sid/signatures";
    pub(in crate::fhir) const LINKED_PLAN: &str = "https://ownwords.org/fhir/sid/linked-plan";
    pub(in crate::fhir) const AGENTS: &str = "https://ownwords.org/fhir/sid/healthcare-agents";
    pub(in crate::fhir) const SOURCE_RECORD: &str = "https://ownwords.org/fhir/sid/source-record";
    pub(in crate::fhir) const MAPPING: &str = "https://ownwords.org/fhir/sid/mapping";
    pub(in crate::fhir) const SOFTWARE: &str = "https://ownwords.org/fhir/sid/software";
}

/// The questionnaire that the record of participation answers.
pub(super) const PARTICIPATION: &str = "https://ownwords.org/fhir/Questionnaire/plan-participation";
