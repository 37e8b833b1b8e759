// Codes of goals, strengths and barriers, and of how words came to be written.

CodeSystem: GoalKindCodes
Id: goal-kind
Title: "Kind of goal"
Description: "Whose goal it is, or what a Goal resource stands for."
* insert Complete(goal-kind)
* #life-goal "Life goal"
* #clinical-goal "Clinical goal"
* #required-by-others "Required by others"
* #objective "Objective"
* #transition-criteria "Transition criteria"

ValueSet: GoalKind
Id: goal-kind
Title: "Kind of goal"
Description: "All codes of kind of goal."
* insert Ours
* include codes from system GoalKindCodes

CodeSystem: GoalDomainCodes
Id: goal-domain
Title: "Area of life"
Description: "The area of life that a goal is about."
* insert Complete(goal-domain)
* #housing "Housing"
* #work "Work"
* #education "Education"
* #relationships-and-social "Relationships and social"
* #family-and-parenting "Family and parenting"
* #health-and-wellness "Health and wellness"
* #physical-function "Physical function"
* #emotional-and-mental-health "Emotional and mental health"
* #managing-conditions "Managing conditions"
* #medication "Medication"
* #money "Money"
* #transportation "Transportation"
* #legal "Legal"
* #spirituality "Spirituality"
* #recreation-and-hobbies "Recreation and hobbies"
* #community-and-valued-role "Community and valued role"
* #independence "Independence"
* #access-to-services "Access to services"
* #caregiver-needs "Caregiver needs"
* #end-of-life "End of life"
* #other "Something else"

ValueSet: GoalDomain
Id: goal-domain
Title: "Area of life"
Description: "All codes of area of life."
* insert Ours
* include codes from system GoalDomainCodes

CodeSystem: GoalStatusReasonCodes
Id: goal-status-reason
Title: "Why a goal ended"
Description: "Ends of a goal that are no failure."
* insert Complete(goal-status-reason)
* #changed-my-mind "Changed my mind"
* #no-longer-wanted "No longer wanted"
* #replaced "Replaced"

ValueSet: GoalStatusReason
Id: goal-status-reason
Title: "Why a goal ended"
Description: "All codes of why a goal ended."
* insert Ours
* include codes from system GoalStatusReasonCodes

CodeSystem: OutcomeTypeCodes
Id: outcome-type
Title: "Type of outcome"
Description: "What an objective looks at."
* insert Complete(outcome-type)
* #life-outcome "Life outcome"
* #skill "Skill"
* #symptom "Symptom"
* #attendance-or-compliance "Attendance or compliance"
* #other "Something else"

ValueSet: OutcomeType
Id: outcome-type
Title: "Type of outcome"
Description: "All codes of type of outcome."
* insert Ours
* include codes from system OutcomeTypeCodes

CodeSystem: ScorePhaseCodes
Id: score-phase
Title: "Phase of a score"
Description: "Whether a score was taken at the beginning or later."
* insert Complete(score-phase)
* #baseline "Baseline"
* #follow-up "Follow up"

ValueSet: ScorePhase
Id: score-phase
Title: "Phase of a score"
Description: "All codes of phase of a score."
* insert Ours
* include codes from system ScorePhaseCodes

CodeSystem: ScoredByCodes
Id: scored-by
Title: "Who scored"
Description: "Who gave the score."
* insert Complete(scored-by)
* #person "The person"
* #practitioner "Practitioner"
* #caregiver "Caregiver"

ValueSet: ScoredBy
Id: scored-by
Title: "Who scored"
Description: "All codes of who scored."
* insert Ours
* include codes from system ScoredByCodes

CodeSystem: StageOfChangeCodes
Id: stage-of-change
Title: "Stage of change"
Description: "How near the person is to a change, as they say."
* insert Complete(stage-of-change)
* #precontemplation "Precontemplation"
* #contemplation "Contemplation"
* #preparation "Preparation"
* #action "Action"
* #maintenance "Maintenance"
* #unknown "Not known"

ValueSet: StageOfChange
Id: stage-of-change
Title: "Stage of change"
Description: "All codes of stage of change."
* insert Ours
* include codes from system StageOfChangeCodes

CodeSystem: ExpressedByCodes
Id: expressed-by
Title: "Who spoke"
Description: "Whose words these are. Peer is said of strengths only."
* insert Complete(expressed-by)
* #person "The person"
* #person-with-support "Person with support"
* #guardian "Guardian"
* #family "Family"
* #peer "Peer"
* #staff "Staff"
* #court-or-agency "Court or agency"
* #unknown "Not known"

ValueSet: ExpressedBy
Id: expressed-by
Title: "Who spoke"
Description: "All codes of who spoke."
* insert Ours
* include codes from system ExpressedByCodes

CodeSystem: CaptureMethodCodes
Id: capture-method
Title: "How words were taken down"
Description: "The way from the person to the record."
* insert Complete(capture-method)
* #written-by-person "Written by person"
* #typed-by-person "Typed by person"
* #spoken-verbatim "Spoken verbatim"
* #signed-and-voiced "Signed and voiced"
* #interpreted "Interpreted"
* #aac-device "Communication device"
* #pictures-or-objects "Pictures or objects"
* #written-down-by-staff-and-read-back "Written down by staff and read back"
* #observed-and-confirmed-by-people-who-know-me "Observed and confirmed by people who know me"
* #staff-summary "Staff summary"
* #selected-from-list "Selected from list"
* #unknown "Not known"

ValueSet: CaptureMethod
Id: capture-method
Title: "How words were taken down"
Description: "All codes of how words were taken down."
* insert Ours
* include codes from system CaptureMethodCodes

CodeSystem: AttestationStatementCodes
Id: attestation-statement
Title: "What is attested"
Description: "What the person, or whoever supports them, says of the words."
* insert Complete(attestation-statement)
* #my-own-words "These are my own words"
* #my-ideas-written-down-and-read-back "My ideas written down and read back"
* #told-in-my-language-through-interpreter "Told in my language through interpreter"
* #signed-and-voiced "Signed and voiced"
* #chosen-with-my-device-or-pictures "Chosen with my device or pictures"
* #understood-from-my-behavior-by-people-who-know-me "Understood from my behavior by people who know me"
* #decided-with-my-family-and-i-agree "Decided with my family and i agree"
* #said-by-my-guardian-with-me-present "Said by my guardian with me present"
* #said-by-my-guardian-without-me "Said by my guardian without me"

ValueSet: AttestationStatement
Id: attestation-statement
Title: "What is attested"
Description: "All codes of what is attested."
* insert Ours
* include codes from system AttestationStatementCodes

CodeSystem: AttestedByCodes
Id: attested-by
Title: "Who attests"
Description: "Who says that the words are the person's."
* insert Complete(attested-by)
* #person "The person"
* #supporter "Supporter"
* #interpreter "Interpreter"
* #staff-witness "Staff witness"

ValueSet: AttestedBy
Id: attested-by
Title: "Who attests"
Description: "All codes of who attests."
* insert Ours
* include codes from system AttestedByCodes

CodeSystem: AttestationMethodCodes
Id: attestation-method
Title: "How it is attested"
Description: "How that was said."
* insert Complete(attestation-method)
* #signature "Signature"
* #spoken-yes "Spoken yes"
* #signed-yes "Signed yes"
* #device-yes "Device yes"
* #gesture "Gesture"
* #other "Something else"

ValueSet: AttestationMethod
Id: attestation-method
Title: "How it is attested"
Description: "All codes of how it is attested."
* insert Ours
* include codes from system AttestationMethodCodes

CodeSystem: StrengthKindCodes
Id: strength-kind
Title: "Kind of strength"
Description: "What a strength is."
* insert Complete(strength-kind)
* #personal-quality "Personal quality"
* #skill-or-talent "Skill or talent"
* #interest "Interest"
* #lived-experience "Lived experience"
* #past-success "Past success"
* #hope-or-aspiration "Hope or aspiration"
* #culture-or-faith "Culture or faith"
* #relationship-or-natural-support "Relationship or natural support"
* #community-resource "Community resource"
* #wellness-tool "Wellness tool"
* #other "Something else"

ValueSet: StrengthKind
Id: strength-kind
Title: "Kind of strength"
Description: "All codes of kind of strength."
* insert Ours
* include codes from system StrengthKindCodes

CodeSystem: BarrierKindCodes
Id: barrier-kind
Title: "Kind of barrier"
Description: "Where a barrier lies."
* insert Complete(barrier-kind)
* #internal "Internal"
* #external "External"
* #system "System"
* #health "Health"
* #resource "Resource"

ValueSet: BarrierKind
Id: barrier-kind
Title: "Kind of barrier"
Description: "All codes of kind of barrier."
* insert Ours
* include codes from system BarrierKindCodes
