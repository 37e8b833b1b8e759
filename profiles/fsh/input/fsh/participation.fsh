// Taking part, agreement and the copy: q1 to q7 are eLTSS's, ow-… are ours.

Profile: PcrpParticipation
Parent: QuestionnaireResponse
Id: pcrp-participation
Title: "Taking part and agreement"
Description: "The answers to plan-participation; source is who answered, author who wrote it down."
* insert Ours
* questionnaire 1..1
* questionnaire = "https://ownwords.org/fhir/Questionnaire/plan-participation"
* subject 1..1
* subject only Reference($core-patient)

RuleSet: Ask(at, link, text, type)
* item[{at}].linkId = "{link}"
* item[{at}].text = "{text}"
* item[{at}].type = #{type}

Instance: plan-participation
InstanceOf: Questionnaire
Usage: #definition
* insert Defined(Questionnaire, plan-participation, PlanParticipation)
* title = "Taking part in the plan"
* subjectType = #Patient
* insert Ask(0, q1, I chose where I live and where I am supported., boolean)
* insert Ask(1, q2, What else I could have chosen., string)
* insert Ask(2, q3, I could choose among services., boolean)
* insert Ask(3, q4, I took part in choosing my services., boolean)
* insert Ask(4, q5, I agree with this plan., boolean)
* insert Ask(5, q6, I could choose who gives me services., boolean)
* insert Ask(6, q7, I knew enough to choose., boolean)
* insert Ask(7, ow-agrees, Does the person agree with the plan?, choice)
* item[7].answerValueSet = "https://ownwords.org/fhir/ValueSet/person-agrees"
* insert Ask(8, ow-disagreement, What the person does not agree with, text)
* insert Ask(9, ow-method, How the person agreed, string)
* insert Ask(10, ow-copy-offered, Was the person offered a copy?, boolean)
* insert Ask(11, ow-copy-date, When was the copy given?, date)
* insert Ask(12, ow-person-signed-on, When did the person sign?, date)
* insert Ask(13, ow-representative-signed-on, When did a representative sign?, date)
* insert Ask(14, ow-took-part, Did the person take part in the planning?, choice)
* item[14].answerValueSet = "https://ownwords.org/fhir/ValueSet/took-part"
* insert Ask(15, ow-meeting-date, When did the meeting take place?, date)
* insert Ask(16, ow-interpreter, Was there an interpreter?, boolean)
* item[16].item[0].linkId = "ow-interpreter-language"
* item[16].item[0].text = "Into which language?"
* item[16].item[0].type = #open-choice
* item[16].item[0].answerValueSet = "http://hl7.org/fhir/ValueSet/all-languages"
* item[16].item[1].linkId = "ow-interpreter-kind"
* item[16].item[1].text = "What kind of interpreting?"
* item[16].item[1].type = #choice
* item[16].item[1].answerValueSet = "https://ownwords.org/fhir/ValueSet/interpreter-kind"
* insert Ask(17, ow-experience-survey, Where the person told how it was for them, string)
