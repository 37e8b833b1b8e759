// Steps, preparation and reviews.

Profile: PcrpTask
Parent: Task
Id: pcrp-task
Title: "Step of the person, their own people, or the community"
Description: "A step that is no service. It is always a resource of its own, never a detail inside the plan."
* insert Ours
* extension contains
    $pertains-to-goal named pertainsToGoal 0..* and
    ActionChoice named actionChoice 0..1
* intent = #plan
* for 1..1
* for only Reference($core-patient)

Profile: PcrpService
Parent: $core-service
Id: pcrp-service
Title: "Step of a professional or a peer"
Description: "A service that the plan names. A peer's is voluntary and chosen by the person, which action-choice says."
* insert Ours
* extension contains
    $pertains-to-goal named pertainsToGoal 0..* and
    ActionChoice named actionChoice 0..1
* intent = #plan

Profile: PcrpNextReview
Parent: Task
Id: pcrp-next-review
Title: "Next review"
Description: "When the plan is looked at again. It never counts as a step."
* insert Ours
* intent = #plan
* code 1..1
* code = $sct#425268008
* for 1..1
* restriction 1..1
* restriction.period 1..1
* restriction.period.end 1..1

Profile: PcrpReview
Parent: Procedure
Id: pcrp-review
Title: "Review done"
Description: "A review of the plan that took place."
* insert Ours
* category from ReviewKind (required)
* code 1..1
* code = $sct#425268008

Profile: PcrpPreparation
Parent: Procedure
Id: pcrp-preparation
Title: "Preparation for planning"
Description: "A talk or work before the meeting. A billing code is carried and decides nothing."
* insert Ours
* category 1..1
* category from PreplanningKind (required)
* code 1..1
