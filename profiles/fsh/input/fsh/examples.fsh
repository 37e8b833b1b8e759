// A small plan, each resource by itself. Together they are checked in .ci/run.

Instance: example-person
InstanceOf: PcrpPatient
Usage: #example
* identifier.system = "urn:example:agency-17:person"
* identifier.value = "000123"
* name.family = "Example"
* name.given = "Dana"
* gender = #female
* extension[communicationMode].valueCode = #spoken

Instance: example-goal
InstanceOf: OwnWordsGoal
Usage: #example
* lifecycleStatus = #active
* category = $goal-kind#life-goal
* description.id = "own-words"
* description.text = "I want to go back to college and finish my degree."
* subject = Reference(example-person)
* startDate = "2026-11-01"
* expressedBy = Reference(example-person)
* extension[wordsCapture].extension[method].valueCode = #written-down-by-staff-and-read-back
* extension[wordsCapture].extension[expressedBy].valueCode = #person

Instance: example-objective
InstanceOf: PcrpObjective
Usage: #example
* lifecycleStatus = #active
* category = $goal-kind#objective
* description.text = "I hand in the re-entry form."
* subject = Reference(example-person)
* target.dueDate = "2026-12-15"

Instance: example-strength
InstanceOf: PcrpStrength
Usage: #example
* status = #final
* category[0] = $observation-category#social-history
* category[1] = $strength-kind#personal-quality
* code.text = "Strength"
* subject = Reference(example-person)
* effectiveDateTime = "2026-11-01"
* performer = Reference(example-person)
* valueString = "I stay with things."
* extension[pertainsToGoal].valueReference = Reference(example-goal)

Instance: example-step
InstanceOf: PcrpTask
Usage: #example
* status = #accepted
* description = "I fill in the form at the library."
* for = Reference(example-person)
* owner = Reference(example-person)
* requester = Reference(example-person)
* extension[pertainsToGoal].valueReference = Reference(example-goal)
* extension[actionChoice].extension[actor].valueCode = #person
* extension[actionChoice].extension[chosenByPerson].valueCode = #yes

Instance: example-team
InstanceOf: PcrpCareTeam
Usage: #example
* status = #active
* subject = Reference(example-person)
* participant.role = $sct#116154003 "Patient"
* participant.member = Reference(example-person)

Instance: example-participation
InstanceOf: PcrpParticipation
Usage: #example
* status = #completed
* subject = Reference(example-person)
* authored = "2026-11-01"
* source = Reference(example-person)
* item[0].linkId = "q5"
* item[0].answer.valueBoolean = true
* item[1].linkId = "ow-took-part"
* item[1].answer.valueCoding = $took-part#yes

Instance: example-plan
InstanceOf: PcrpCarePlan
Usage: #example
* text.status = #additional
* text.div = "<div xmlns='http://www.w3.org/1999/xhtml'><p>My goal: I want to go back to college and finish my degree.</p></div>"
* status = #active
* category[AssessPlan] = $careplan-category#assess-plan
* title = "My recovery plan"
* subject = Reference(example-person)
* period.start = "2026-11-01"
* contributor = Reference(example-person)
* careTeam = Reference(example-team)
* supportingInfo[0] = Reference(example-strength)
* supportingInfo[1] = Reference(example-participation)
* goal[0] = Reference(example-goal)
* goal[1] = Reference(example-objective)
* activity.reference = Reference(example-step)
* extension[planOffer].extension[offer].valueCode = #peer-support
* extension[planOffer].extension[status].valueCode = #accepted
