// Systems of the identifiers that we give. Values are urn:uuid, or keys of the source where the name says so.

RuleSet: Sid(name, title)
* name = "{title}"
* status = #active
* kind = #identifier
* date = "2026-11-25"
* publisher = "ownwords"
* uniqueId.type = #uri
* uniqueId.value = "https://ownwords.org/fhir/sid/{name}"
* uniqueId.preferred = true

Instance: sid-person
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(person, PersonIdentifier)

Instance: sid-state-person
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(state-person, StatePersonIdentifier)

Instance: sid-agency
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(agency, AgencyIdentifier)

Instance: sid-agency-code
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(agency-code, AgencyCodeIdentifier)

Instance: sid-staff
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(staff, StaffIdentifier)

Instance: sid-staff-role
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(staff-role, StaffRoleIdentifier)

Instance: sid-supporter
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(supporter, SupporterIdentifier)

Instance: sid-team
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(team, TeamIdentifier)

Instance: sid-plan
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(plan, PlanIdentifier)

Instance: sid-plan-version
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(plan-version, PlanVersionIdentifier)

Instance: sid-crisis-plan
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(crisis-plan, CrisisPlanIdentifier)

Instance: sid-goal
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(goal, GoalIdentifier)

Instance: sid-strength
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(strength, StrengthIdentifier)

Instance: sid-observation
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(observation, ObservationIdentifier)

Instance: sid-need
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(need, NeedIdentifier)

Instance: sid-risk
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(risk, RiskIdentifier)

Instance: sid-action
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(action, ActionIdentifier)

Instance: sid-review
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(review, ReviewIdentifier)

Instance: sid-preplanning
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(preplanning, PreplanningIdentifier)

Instance: sid-participation
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(participation, ParticipationIdentifier)

Instance: sid-source-record
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(source-record, SourceRecordIdentifier)

Instance: sid-mapping
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(mapping, MappingIdentifier)

Instance: sid-software
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(software, SoftwareIdentifier)

Instance: sid-document
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(document, DocumentIdentifier)

Instance: sid-episode
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(episode, EpisodeIdentifier)

Instance: sid-priorities
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(priorities, PrioritiesIdentifier)

Instance: sid-submission
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(submission, SubmissionIdentifier)

Instance: sid-signatures
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(signatures, SignaturesIdentifier)

Instance: sid-linked-plan
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(linked-plan, LinkedPlanIdentifier)

Instance: sid-healthcare-agents
InstanceOf: NamingSystem
Usage: #definition
* insert Sid(healthcare-agents, HealthcareAgentsIdentifier)
