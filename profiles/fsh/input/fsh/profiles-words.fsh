// Goals, objectives, strengths and what else is told.

Profile: OwnWordsGoal
Parent: $core-goal
Id: own-words-goal
Title: "Goal in the person's own words"
Description: "A goal that the person gave: their text as it was, byte for byte. No code ever stands in its place."
* insert Ours
* obeys ow-goal-1 and ow-goal-2 and ow-goal-3
* extension contains WordsCapture named wordsCapture 0..1
* description.text 1..1
* description.text ^short = "The person's words, never rewritten"

Invariant: ow-goal-1
Description: "The words are there."
Severity: #error
Expression: "description.text.trim().length() > 0"

Invariant: ow-goal-2
Description: "The words can be pointed at: their element has the id own-words."
Severity: #error
Expression: "description.id = 'own-words'"

Invariant: ow-goal-3
Description: "The person is named as the one who speaks, or the way the words were captured says so."
Severity: #error
Expression: "iif(expressedBy.exists(), expressedBy.reference = subject.reference, extension.where(url = 'https://ownwords.org/fhir/StructureDefinition/words-capture').exists())"

Profile: PcrpObjective
Parent: $core-goal
Id: pcrp-objective
Title: "Objective"
Description: "A nearer aim toward a goal of the person. The life goal points to it by goal-relationship milestone."
* insert Ours
* obeys ow-objective-1
* expressedBy 0..1

Invariant: ow-objective-1
Description: "It says of itself that it is an objective, and PCO does not count it as a person's goal."
Severity: #error
Expression: "category.coding.where(system = 'https://ownwords.org/fhir/CodeSystem/goal-kind' and code = 'objective').exists() and category.coding.where(system = 'http://hl7.org/fhir/us/pco/CodeSystem/pco-concepts-temporary').empty()"

Invariant: ow-words-1
Description: "The words are there."
Severity: #error
Expression: "(value as string).trim().length() > 0"

Profile: PcrpStrength
Parent: $core-observation
Id: pcrp-strength
Title: "Strength"
Description: "One strength, in the words of whoever told it."
* insert Ours
* obeys ow-words-1 and ow-strength-1
* extension contains
    WordsCapture named wordsCapture 0..1 and
    $pertains-to-goal named pertainsToGoal 0..*
* code = $eltss-observation#strength
* value[x] 1..1
* value[x] only string

Invariant: ow-strength-1
Description: "A strength is told of a life, not of an illness: its category is social history."
Severity: #error
Expression: "category.coding.where(system = 'http://terminology.hl7.org/CodeSystem/observation-category' and code = 'social-history').exists()"

Profile: PcrpBarrier
Parent: $pco-barrier
Id: pcrp-barrier
Title: "Barrier"
Description: "What stands between the person and the goal, in words."
* insert Ours
* obeys ow-words-1
* value[x] 1..1
* value[x] only string

Profile: PcrpTold
Parent: Observation
Id: pcrp-told
Title: "What the person told"
Description: "What matters, who the person is apart from services, and what helps in a crisis, in words."
* insert Ours
* obeys ow-words-1
* code from PlanConcept (required)
* subject 1..1
* subject only Reference($core-patient)
* value[x] 1..1
* value[x] only string

Profile: PcrpPreference
Parent: $core-observation
Id: pcrp-preference
Title: "Preference"
Description: "How the person wants to be met and supported, in words."
* insert Ours
* obeys ow-words-1
* code = $loinc#95541-9
* value[x] 1..1
* value[x] only string

Profile: PcrpStageOfChange
Parent: $core-screening
Id: pcrp-stage-of-change
Title: "Stage of change"
Description: "How near the person is to the change that a goal is about."
* insert Ours
* code = $plan-concept#stage-of-change
* focus 1..1
* focus only Reference(Goal)
* value[x] 1..1
* value[x] only CodeableConcept
* value[x] from StageOfChange (required)
