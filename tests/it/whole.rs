//! A plan with every field of the model filled. No field may be left to a default here, so that the compiler names a field
//! that was forgotten.

mod person;

use ownwords::plan::{
    Barrier, Diagnosis, InterpretiveSummary, Period, Plan, Preference, Program, Progress, Review, Risk, Source,
    WholePerson,
    action::{Action, PeerSupport, StepNote},
    crisis::{Agreement, Crisis, HealthcareAgent, LinkedPlan, Transition},
    goal::{
        Acceptance, Achievement, Attestation, Coding, Goal, NoGoal, ScaleLevel, Score, Statement, TargetScore,
        Translation,
    },
    objective::Objective,
    overrides::{Override, Unmapped},
    planning::{Choices, Interpreter, Participant, Planning, Preplanning},
    strength::{NoStrengths, Strength},
};

pub(crate) fn plan() -> Plan {
    Plan {
        schema_version: Some("1.0".into()),
        plan_id: Some("Plan.plan_id".into()),
        source: source(),
        plan_type: Some("crisis-short-term".into()),
        status: Some("unknown".into()),
        status_reason: Some("Plan.status_reason".into()),
        replaces: vec!["Plan.replaces".into()],
        period: period(),
        finalized_on: Some("2026-03-02".into()),
        next_review_due: Some("2026-03-02".into()),
        reviews: vec![review()],
        program: Some(program()),
        person: person::person(),
        planning: Some(planning()),
        whole_person: Some(whole_person()),
        preferences: vec![preference()],
        interpretive_summary: Some(interpretive_summary()),
        goals: vec![goal()],
        no_goal: Some(no_goal()),
        strengths: vec![strength()],
        no_strengths: Some(no_strengths()),
        barriers: vec![barrier()],
        risks: vec![risk()],
        objectives: vec![objective()],
        actions: vec![action()],
        peer_support: Some(PeerSupport { status: Some("not-available".into()) }),
        crisis: Some(crisis()),
        transition: Some(transition()),
        agreement: Some(agreement()),
        overrides: vec![answer_to_finding()],
        unmapped: vec![unmapped()],
    }
}

fn source() -> Source {
    Source {
        agency_id: Some("Source.agency_id".into()),
        record_id: Some("Source.record_id".into()),
        system: Some("Source.system".into()),
        record_version: Some("Source.record_version".into()),
        exported_at: Some("2026-03-02".into()),
        mapping_id: Some("Source.mapping_id".into()),
        mapping_version: Some("Source.mapping_version".into()),
        lossy: Some(true),
        part2: Some(true),
    }
}

fn period() -> Period {
    Period { start: Some("2026-03-02".into()), end: Some("2026-03-02".into()) }
}

fn review() -> Review {
    Review { date: Some("2026-03-02".into()), kind: Some("rewrite".into()), progress: vec![progress()] }
}

fn program() -> Program {
    Program {
        kind: Some("other".into()),
        name: Some("Program.name".into()),
        level_of_care: Some("Program.level_of_care".into()),
    }
}

fn planning() -> Planning {
    Planning {
        person_took_part: Some("unknown".into()),
        interpreter: Some(interpreter()),
        meeting_date: Some("2026-03-02".into()),
        choices: Some(Choices {
            setting: Some("yes".into()),
            alternatives: Some("Choices.alternatives".into()),
            services: Some("no".into()),
            providers: Some("unknown".into()),
            informed: Some("yes".into()),
        }),
        experience_survey_ref: Some("Planning.experience_survey_ref".into()),
        preplanning: vec![preplanning()],
        participants: vec![participant()],
    }
}

fn whole_person() -> WholePerson {
    WholePerson {
        vision: Some("WholePerson.vision".into()),
        roles: vec!["WholePerson.roles".into()],
        interests: vec!["WholePerson.interests".into()],
        culture: Some("WholePerson.culture".into()),
        faith: Some("WholePerson.faith".into()),
        important_to_me: Some("WholePerson.important_to_me".into()),
        what_gives_life: Some("WholePerson.what_gives_life".into()),
        how_i_understand_it: Some("WholePerson.how_i_understand_it".into()),
    }
}

fn preference() -> Preference {
    Preference {
        text: Some("Preference.text".into()),
        lang: Some("Preference.lang".into()),
        condition: Some("Preference.condition".into()),
    }
}

fn interpretive_summary() -> InterpretiveSummary {
    InterpretiveSummary {
        text: Some("InterpretiveSummary.text".into()),
        author: Some("InterpretiveSummary.author".into()),
    }
}

fn goal() -> Goal {
    Goal {
        goal_id: Some("Goal.goal_id".into()),
        statement: statement(),
        kind: Some("required-by-others".into()),
        domain: Some("other".into()),
        rank: Some(7),
        start_date: Some("2026-03-02".into()),
        target_date: Some("2026-03-02".into()),
        status: Some("replaced".into()),
        replaced_by: Some("Goal.replaced_by".into()),
        acceptance: Some(acceptance()),
        scale: vec![ScaleLevel { level: Some("expected".into()), text: Some("ScaleLevel.text".into()) }],
        target_score: Some(TargetScore { instrument: Some("TargetScore.instrument".into()), value: Some(7.into()) }),
        achievement: Some(achievement()),
        scores: vec![score()],
        why_it_matters: Some("Goal.why_it_matters".into()),
        importance: Some(7),
        confidence: Some(7),
        stage_of_change: Some("unknown".into()),
        strengths_used: vec!["Goal.strengths_used".into()],
    }
}

fn no_goal() -> NoGoal {
    NoGoal {
        reason: Some("other".into()),
        explanation: Some("NoGoal.explanation".into()),
        recorded_on: Some("2026-03-02".into()),
        next_conversation_by: Some("2026-03-02".into()),
        recorded_by: Some("NoGoal.recorded_by".into()),
    }
}

fn strength() -> Strength {
    Strength {
        strength_id: Some("Strength.strength_id".into()),
        text: Some("Strength.text".into()),
        category: Some("other".into()),
        told_by: Some("staff".into()),
        prompt: Some("Strength.prompt".into()),
    }
}

fn no_strengths() -> NoStrengths {
    NoStrengths { reason: Some("other".into()), next_conversation_by: Some("2026-03-02".into()) }
}

fn barrier() -> Barrier {
    Barrier {
        id: Some("Barrier.id".into()),
        text: Some("Barrier.text".into()),
        kind: Some("resource".into()),
        diagnosis: vec![diagnosis()],
    }
}

fn risk() -> Risk {
    Risk { id: Some("Risk.id".into()), text: Some("Risk.text".into()), mitigation: Some("Risk.mitigation".into()) }
}

fn objective() -> Objective {
    Objective {
        id: Some("Objective.id".into()),
        goal_id: Some("Objective.goal_id".into()),
        text: Some("Objective.text".into()),
        coding: vec![coding()],
        measure: Some("Objective.measure".into()),
        due_date: Some("2026-03-02".into()),
        status: Some("replaced".into()),
        outcome_type: Some("other".into()),
    }
}

fn action() -> Action {
    Action {
        id: Some("Action.id".into()),
        goal_id: Some("Action.goal_id".into()),
        objective_id: Some("Action.objective_id".into()),
        actor: Some("community".into()),
        actor_name: Some("Action.actor_name".into()),
        relationship: Some("Action.relationship".into()),
        text: Some("Action.text".into()),
        purpose: Some("Action.purpose".into()),
        service_code: Some("Action.service_code".into()),
        frequency: Some("Action.frequency".into()),
        duration: Some("Action.duration".into()),
        setting: Some("Action.setting".into()),
        modality: Some("Action.modality".into()),
        voluntary: Some("unknown".into()),
        chosen_by_person: Some("unknown".into()),
        peer_function: Some("team-culture".into()),
        professional_function: Some("linkage".into()),
        status: Some("entered-in-error".into()),
        progress: vec![step_note()],
    }
}

fn step_note() -> StepNote {
    StepNote {
        date: Some("2026-03-02".into()),
        text: Some("StepNote.text".into()),
        author: Some("StepNote.author".into()),
    }
}

fn crisis() -> Crisis {
    Crisis {
        status: Some("not-offered".into()),
        pad_exists: Some("unknown".into()),
        linked_plan: Some(LinkedPlan { kind: Some("LinkedPlan.kind".into()), r#ref: Some("LinkedPlan.ref".into()) }),
        agents: vec![HealthcareAgent {
            name: Some("HealthcareAgent.name".into()),
            role: Some("alternate".into()),
            relationship: Some("HealthcareAgent.relationship".into()),
            phone: Some("HealthcareAgent.phone".into()),
        }],
        what_helps: vec!["Crisis.what_helps".into()],
        what_to_avoid: vec!["Crisis.what_to_avoid".into()],
        people_to_call: vec!["Crisis.people_to_call".into()],
        preferences: Some("Crisis.preferences".into()),
    }
}

fn transition() -> Transition {
    Transition {
        criteria_text: Some("Transition.criteria_text".into()),
        supports_after: Some("Transition.supports_after".into()),
    }
}

fn agreement() -> Agreement {
    Agreement {
        person_agrees: Some("not-asked".into()),
        person_signed_on: Some("2026-03-02".into()),
        method: Some("Agreement.method".into()),
        copy_offered: Some("unknown".into()),
        disagreement_text: Some("Agreement.disagreement_text".into()),
        representative_signed_on: Some("2026-03-02".into()),
    }
}

fn answer_to_finding() -> Override {
    Override {
        rule_id: Some("Override.rule_id".into()),
        pointer: Some("Override.pointer".into()),
        reason_code: Some("checker-mistake".into()),
        reason_text: Some("Override.reason_text".into()),
        by_role: Some("Override.by_role".into()),
        by_id: Some("Override.by_id".into()),
        at: Some("2026-03-02".into()),
        expires_on: Some("2026-03-02".into()),
    }
}

fn unmapped() -> Unmapped {
    Unmapped { path: "Unmapped.path".into(), value: "Unmapped.value".into() }
}

fn progress() -> Progress {
    Progress { goal_id: Some("Progress.goal_id".into()), text: Some("Progress.text".into()) }
}

fn interpreter() -> Interpreter {
    Interpreter { used: Some(true), language: Some("Interpreter.language".into()), kind: Some("cart".into()) }
}

fn preplanning() -> Preplanning {
    Preplanning {
        date: Some("2026-03-02".into()),
        kind: Some("other".into()),
        tool: Some("Preplanning.tool".into()),
        supported_by: Some("other".into()),
        competency: Some("v-5".into()),
        skill: Some("Preplanning.skill".into()),
        minutes: Some(7),
        service_code: Some("Preplanning.service_code".into()),
        billable: Some("unknown".into()),
    }
}

fn participant() -> Participant {
    Participant {
        r#ref: Some("Participant.ref".into()),
        name: Some("Participant.name".into()),
        role: Some("other".into()),
        relationship: Some("professional".into()),
        function: Some("attendee".into()),
        invited_by_person: Some("unknown".into()),
    }
}

fn statement() -> Statement {
    Statement {
        text: Some("Statement.text".into()),
        raw: Some("Statement.raw".into()),
        coding: vec![coding()],
        lang: Some("Statement.lang".into()),
        translation: vec![translation()],
        expressed_by: Some("unknown".into()),
        capture_method: Some("unknown".into()),
        attestation: Some(attestation()),
    }
}

fn coding() -> Coding {
    Coding {
        system: Some("Coding.system".into()),
        code: Some("Coding.code".into()),
        display: Some("Coding.display".into()),
    }
}

fn acceptance() -> Acceptance {
    Acceptance { status: Some("pending".into()), priority: Some("low-priority".into()) }
}

fn achievement() -> Achievement {
    Achievement { code: Some("not-attainable".into()), as_of: Some("2026-03-02".into()) }
}

fn score() -> Score {
    Score {
        instrument: Some("Score.instrument".into()),
        value: Some(serde_json::Number::from(2)),
        date: Some("2026-03-02".into()),
        phase: Some("follow-up".into()),
        by: Some("caregiver".into()),
    }
}

fn diagnosis() -> Diagnosis {
    Diagnosis {
        system: Some("Diagnosis.system".into()),
        code: Some("Diagnosis.code".into()),
        text: Some("Diagnosis.text".into()),
    }
}

fn translation() -> Translation {
    Translation {
        lang: Some("Translation.lang".into()),
        text: Some("Translation.text".into()),
        by: Some("Translation.by".into()),
    }
}

fn attestation() -> Attestation {
    Attestation {
        statement: Some("said-by-my-guardian-without-me".into()),
        by: Some("staff-witness".into()),
        method: Some("other".into()),
        date: Some("2026-03-02".into()),
        witness: Some("Attestation.witness".into()),
    }
}
