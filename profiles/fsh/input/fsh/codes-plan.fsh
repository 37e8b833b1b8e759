// Codes of the plan as a whole.

CodeSystem: PlanCategoryCodes
Id: plan-category
Title: "Category of plan"
Description: "Which of our plans a CarePlan is."
* insert Complete(plan-category)
* #pcrp "Person-centered recovery plan"
* #crisis "Crisis"

ValueSet: PlanCategory
Id: plan-category
Title: "Category of plan"
Description: "All codes of category of plan."
* insert Ours
* include codes from system PlanCategoryCodes

CodeSystem: PlanTypeCodes
Id: plan-type
Title: "Type of plan"
Description: "Why this version of the plan was made."
* insert Complete(plan-type)
* #initial "Initial"
* #review "Review"
* #revision "Revision"
* #annual "Annual"
* #crisis-short-term "Crisis short term"

ValueSet: PlanType
Id: plan-type
Title: "Type of plan"
Description: "All codes of type of plan."
* insert Ours
* include codes from system PlanTypeCodes

CodeSystem: ProgramTypeCodes
Id: program-type
Title: "Type of program"
Description: "The program in which the plan was made."
* insert Complete(program-type)
* #cmhc-outpatient "Community mental health center, outpatient"
* #ccbhc "Certified community behavioral health clinic"
* #pros "Personalized recovery oriented services"
* #act "Assertive community treatment"
* #csc-first-episode "Coordinated specialty care, first episode"
* #crisis-stabilization "Crisis stabilization"
* #residential "Residential"
* #hcbs "Home and community-based services"
* #peer-run "Peer run"
* #other "Something else"

ValueSet: ProgramType
Id: program-type
Title: "Type of program"
Description: "All codes of type of program."
* insert Ours
* include codes from system ProgramTypeCodes

CodeSystem: PlanConceptCodes
Id: plan-concept
Title: "What is told"
Description: "What a text of the plan is about: an Observation, or a note of the plan."
* insert Complete(plan-concept)
* #why-it-matters "Why it matters"
* #vision "Vision"
* #important-to-me "Important to me"
* #what-gives-life "What gives life"
* #role "Role"
* #interest "Interest"
* #culture "Culture"
* #faith "Faith"
* #own-explanation "How I understand it"
* #how-described "How I want to be described"
* #stage-of-change "Stage of change"
* #what-helps "What helps"
* #what-to-avoid "What to avoid"
* #crisis-preference "Crisis preference"
* #people-to-call "People to call"
* #interpretive-summary "Interpretive summary"
* #supports-after "Supports after"
* #tool "Tool"
* #skill "Skill"
* #level-of-care "Level of care"
* #score "Score"

ValueSet: PlanConcept
Id: plan-concept
Title: "What is told"
Description: "All codes of what is told."
* insert Ours
* include codes from system PlanConceptCodes

CodeSystem: AbsenceReasonCodes
Id: absence-reason
Title: "Why a section is empty"
Description: "Why there is no goal, or no strength, yet."
* insert Complete(absence-reason)
* #declined "Declined"
* #still-exploring "Still exploring"
* #unable-at-this-time "Unable at this time"
* #crisis-admission "Crisis admission"
* #other "Something else"

ValueSet: AbsenceReason
Id: absence-reason
Title: "Why a section is empty"
Description: "All codes of why a section is empty."
* insert Ours
* include codes from system AbsenceReasonCodes

CodeSystem: OfferCodes
Id: offer
Title: "What was offered"
Description: "Something that every person is offered, and the record of it."
* insert Complete(offer)
* #peer-support "Peer support"
* #crisis-planning "Crisis planning"
* #psychiatric-advance-directive "Psychiatric advance directive"

ValueSet: Offer
Id: offer
Title: "What was offered"
Description: "All codes of what was offered."
* insert Ours
* include codes from system OfferCodes

CodeSystem: OfferStatusCodes
Id: offer-status
Title: "What became of an offer"
Description: "The states of all offers; which fit an offer follows from what it is."
* insert Complete(offer-status)
* #accepted "Accepted"
* #declined "Declined"
* #ended-by-person "Ended by person"
* #offered-waiting "Offered waiting"
* #not-offered "Not offered"
* #not-available "Not available"
* #in-plan "In plan"
* #linked "Linked"
* #offered-later "Offered later"
* #yes "Yes"
* #no "No"
* #unknown "Not known"

ValueSet: OfferStatus
Id: offer-status
Title: "What became of an offer"
Description: "All codes of what became of an offer."
* insert Ours
* include codes from system OfferStatusCodes

CodeSystem: YesNoUnknownCodes
Id: yes-no-unknown
Title: "Yes, no or not known"
Description: "An answer to a plain question."
* insert Complete(yes-no-unknown)
* #yes "Yes"
* #no "No"
* #unknown "Not known"

ValueSet: YesNoUnknown
Id: yes-no-unknown
Title: "Yes, no or not known"
Description: "All codes of yes, no or not known."
* insert Ours
* include codes from system YesNoUnknownCodes

CodeSystem: VerdictCodes
Id: verdict
Title: "Verdict"
Description: "What came of judging a plan."
* insert Complete(verdict)
* #accepted "Accepted"
* #accepted-with-warnings "Accepted with warnings"
* #rejected "Rejected"

ValueSet: Verdict
Id: verdict
Title: "Verdict"
Description: "All codes of verdict."
* insert Ours
* include codes from system VerdictCodes

CodeSystem: OverrideReasonCodes
Id: override-reason
Title: "Reason of an answer"
Description: "Why an agency stands by what a rule found."
* insert Complete(override-reason)
* #words-confirmed-by-person "Words confirmed by person"
* #person-speaks-in-third-person "Person speaks in third person"
* #non-speaking-communication "Non speaking communication"
* #interpreted-or-translated "Interpreted or translated"
* #supported-decision-making "Supported decision making"
* #guardian-expressed-person-present "Guardian expressed person present"
* #family-goal-agreed "Family goal agreed"
* #symptom-goal-is-what-the-person-wants "Symptom goal is what the person wants"
* #required-by-state-rule "Required by state rule"
* #common-words-coincidence "Common words coincidence"
* #person-chose-this-word "Person chose this word"
* #crisis-admission "Crisis admission"
* #checker-mistake "Checker mistake"

ValueSet: OverrideReason
Id: override-reason
Title: "Reason of an answer"
Description: "All codes of reason of an answer."
* insert Ours
* include codes from system OverrideReasonCodes
