// The plan and the crisis plan that is part of it.

Profile: PcrpCarePlan
Parent: $core-careplan
Id: pcrp-careplan
Title: "Person-centered recovery plan"
Description: "A plan with at least one goal in the person's own words and at least one strength, or with the reason why not yet. This is our only statement that a CarePlan is a person-centered recovery plan."
* insert Ours
* obeys ow-plan-1 and ow-plan-2
* extension contains
    FinalizedOn named finalizedOn 0..1 and
    SectionAbsence named sectionAbsence 0..2 and
    PlanOffer named planOffer 0..* and
    DecisionSupport named decisionSupport 0..1 and
    RuleOverride named ruleOverride 0..*
* intent = #plan
* category contains pcrp 1..1
* category[pcrp] = $plan-category#pcrp
* author only Reference(Patient or Practitioner or PractitionerRole or RelatedPerson or Organization)
* activity.reference 1..1
* activity.detail 0..0
* goal ^short = "Goals, and objectives toward them"
* supportingInfo ^short = "Strengths, what matters, preferences, barriers, risks, taking part"

Invariant: ow-plan-1
Description: "A goal that stands has words, or the plan says why there is none yet."
Severity: #error
Expression: "goal.resolve().where(lifecycleStatus in ('proposed' | 'planned' | 'accepted' | 'active' | 'on-hold' | 'completed') and description.text.trim().length() > 0 and category.coding.where(system = 'https://ownwords.org/fhir/CodeSystem/goal-kind' and (code = 'objective' or code = 'transition-criteria')).empty()).exists() or extension.where(url = 'https://ownwords.org/fhir/StructureDefinition/section-absence' and extension.where(url = 'section' and (value as code) = 'goal').exists()).exists()"

Invariant: ow-plan-2
Description: "There is a strength, or the plan says why there is none yet."
Severity: #error
Expression: "supportingInfo.resolve().where(code.coding.where(system = 'http://hl7.org/fhir/us/eltss/CodeSystem/eltss-observation-codes-temporary' and code = 'strength').exists() and (value as string).trim().length() > 0).exists() or extension.where(url = 'https://ownwords.org/fhir/StructureDefinition/section-absence' and extension.where(url = 'section' and (value as code) = 'strengths').exists()).exists()"

Profile: PcrpCrisisCarePlan
Parent: $core-careplan
Id: pcrp-crisis-careplan
Title: "Crisis plan"
Description: "What the person wants in a crisis, as a part of the recovery plan. Another plan or directive is linked, never copied."
* insert Ours
* partOf 1..1
* intent = #plan
* category contains crisis 1..1
* category[crisis] = $plan-category#crisis
* goal 0..0
* activity 0..0

Profile: PcrpBundle
Parent: Bundle
Id: pcrp-bundle
Title: "A plan with everything it points to"
Description: "The plan and what belongs to it, so that every reference leads somewhere."
* insert Ours
* obeys ow-bundle-1 and ow-bundle-2
* entry 1..*
* entry.fullUrl 1..1
* entry.resource 1..1

Invariant: ow-bundle-1
Description: "There is a plan."
Severity: #error
Expression: "entry.resource.where($this is CarePlan).exists()"

Invariant: ow-bundle-2
Description: "Of a recovery plan it is known that the person gave the words of a goal."
Severity: #warning
Expression: "entry.resource.where($this is CarePlan and meta.profile.where($this = 'https://ownwords.org/fhir/StructureDefinition/pcrp-careplan').exists()).empty() or entry.resource.where($this is Goal and expressedBy.reference = subject.reference).exists() or entry.resource.where($this is Provenance and agent.where(type.coding.where(code = 'informant' or code = 'author').exists() and who.reference.contains('Patient/')).exists()).exists()"
