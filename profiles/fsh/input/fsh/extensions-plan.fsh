// What a plan says that R4 has no element for, and what is told of judging it.

Extension: SectionAbsence
Id: section-absence
Title: "A section that is empty for a reason"
Description: "Why there is no goal, or no strength, and when it will be talked about again. Nothing is put in its place."
Context: CarePlan
* insert Ours
* extension contains
    section 1..1 and
    reason 0..1 and
    explanation 0..1 and
    recordedOn 0..1 and
    nextConversationBy 0..1 and
    recordedBy 0..1
* extension[section].value[x] only code
* extension[section] obeys ow-section-1
* extension[section] ^short = "goal or strengths"
* extension[reason].value[x] only code
* extension[reason].value[x] from AbsenceReason (required)
* extension[explanation].value[x] only string
* extension[recordedOn].value[x] only date
* extension[nextConversationBy].value[x] only date
* extension[recordedBy].value[x] only string

Invariant: ow-section-1
Description: "Only the goal and the strengths of a plan can be told to be absent."
Severity: #error
Expression: "(value as code) = 'goal' or (value as code) = 'strengths'"

Extension: PlanOffer
Id: plan-offer
Title: "What the person was offered"
Description: "What everybody is offered, and what became of it."
Context: CarePlan
* insert Ours
* extension contains
    offer 1..1 and
    status 1..1 and
    recordedOn 0..1
* extension[offer].value[x] only code
* extension[offer].value[x] from Offer (required)
* extension[status].value[x] only code
* extension[status].value[x] from OfferStatus (required)
* extension[recordedOn].value[x] only date

Extension: DecisionSupport
Id: decision-support
Title: "Support in deciding"
Description: "Who has a say beside the person."
Context: CarePlan
* insert Ours
* value[x] 1..1
* value[x] only code
* value[x] from DecisionSupportType (required)

Extension: FinalizedOn
Id: finalized-on
Title: "Finalized on"
Description: "The day on which the plan was agreed."
Context: CarePlan
* insert Ours
* value[x] 1..1
* value[x] only date

Extension: RuleOverride
Id: rule-override
Title: "Answer to a finding"
Description: "What an agency answers to what a rule found."
Context: CarePlan, OperationOutcome.issue
* insert Ours
* extension contains
    rule 0..1 and
    pointer 0..1 and
    reasonCode 0..1 and
    reasonText 0..1 and
    byRole 0..1 and
    by 0..1 and
    at 0..1 and
    expiresOn 0..1
* extension[rule].value[x] only code
* extension[rule] ^short = "A rule's id; one that we do not know is carried too"
* extension[pointer].value[x] only string
* extension[reasonCode].value[x] only code
* extension[reasonCode].value[x] from OverrideReason (required)
* extension[reasonText].value[x] only string
* extension[byRole].value[x] only string
* extension[by].value[x] only string
* extension[at].value[x] only date
* extension[expiresOn].value[x] only date

Extension: PlanPointer
Id: plan-pointer
Title: "Place in the plan"
Description: "JSON pointer into the plan model."
Context: OperationOutcome.issue
* insert Ours
* value[x] 1..1
* value[x] only string

Extension: SourceField
Id: source-field
Title: "Field of the source"
Description: "The field, column or path of the source."
Context: OperationOutcome.issue
* insert Ours
* value[x] 1..1
* value[x] only string

Extension: SourceRecord
Id: source-record
Title: "Record that the plan came from"
Description: "What R4 has no element for of the way a record came."
Context: CarePlan
* insert Ours
* extension contains
    system 0..1 and
    recordVersion 0..1 and
    exportedAt 0..1 and
    lossy 0..1 and
    part2 0..1
* extension[system].value[x] only string
* extension[recordVersion].value[x] only string
* extension[exportedAt].value[x] only dateTime
* extension[lossy].value[x] only boolean
* extension[part2].value[x] only boolean
* extension[part2] ^short = "False where the source says that no Part 2 program made it"

Extension: ProgressOf
Id: progress-of
Title: "Goal that a note is about"
Description: "The goal of which a review noted something."
Context: Annotation
* insert Ours
* value[x] 1..1
* value[x] only Reference(Goal)

Extension: PreplanningSupport
Id: preplanning-support
Title: "Support in preparation"
Description: "Who helped to prepare, which competency it called for, and how long it took."
Context: Procedure
* insert Ours
* extension contains
    supportedBy 0..1 and
    competency 0..1 and
    billable 0..1 and
    minutes 0..1
* extension[supportedBy].value[x] only code
* extension[supportedBy].value[x] from ParticipantRole (required)
* extension[competency].value[x] only code
* extension[competency].value[x] from PeerPlanningSupport (required)
* extension[billable].value[x] only code
* extension[billable].value[x] from YesNoUnknown (required)
* extension[minutes].value[x] only unsignedInt

Extension: AsRecorded
Id: as-recorded
Title: "As recorded"
Description: "The source's own word, where FHIR's type takes another or none."
Context: Element
* insert Ours
* value[x] 1..1
* value[x] only string

Extension: Assumed
Id: assumed
Title: "Assumed"
Description: "The value stands in for one that FHIR asks for and the source did not give."
Context: Element
* insert Ours
* value[x] 1..1
* value[x] only boolean
