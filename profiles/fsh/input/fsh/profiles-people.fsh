// The person, the team around the plan, and where words came from.

Profile: PcrpPatient
Parent: $core-patient
Id: pcrp-patient
Title: "The person"
Description: "The person whose plan it is, with the ways in which they communicate."
* insert Ours
* extension contains CommunicationMode named communicationMode 0..*

Profile: PcrpCareTeam
Parent: $core-careteam
Id: pcrp-careteam
Title: "Team around the plan"
Description: "Whoever takes part; the person is one of them."
* insert Ours
* obeys ow-team-1
* participant.extension contains ParticipantPlanning named planning 0..1

Invariant: ow-team-1
Description: "The person is in their own team."
Severity: #error
Expression: "participant.member.reference.where($this = %resource.subject.reference).exists()"

Profile: OwnWordsProvenance
Parent: $core-provenance
Id: own-words-provenance
Title: "Where words came from"
Description: "Who gave the words of a goal and who wrote them down. The target names the element that holds them."
* insert Ours
* obeys ow-provenance-1

Invariant: ow-provenance-1
Description: "Some target is the words themselves, and somebody gave them."
Severity: #error
Expression: "target.extension.where(url = 'http://hl7.org/fhir/StructureDefinition/targetElement' and (value as uri) = 'own-words').exists() and agent.type.coding.where(code = 'informant' or code = 'author' or code = 'attester').exists()"
