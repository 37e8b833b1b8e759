// What is told of the person and of those around them, and of who takes a step.

Extension: CommunicationMode
Id: communication-mode
Title: "Way to communicate"
Description: "How the person says what they want to say."
Context: Patient
* insert Ours
* value[x] 1..1
* value[x] only code
* value[x] from CommunicationMode (required)

Extension: ParticipantPlanning
Id: participant-planning
Title: "Part in the planning"
Description: "What somebody did in the planning, what they are to the person, and whether the person asked them to come."
Context: CareTeam.participant
* insert Ours
* extension contains
    function 0..1 and
    relationship 0..1 and
    invitedByPerson 0..1 and
    ref 0..1 and
    name 0..1
* extension[function].value[x] only code
* extension[function].value[x] from ParticipantFunction (required)
* extension[relationship].value[x] only code
* extension[relationship].value[x] from Relationship (required)
* extension[invitedByPerson].value[x] only code
* extension[invitedByPerson].value[x] from YesNoUnknown (required)
* extension[ref].value[x] only string
* extension[ref] ^short = "The source's key, where member tells another"
* extension[name].value[x] only string
* extension[name] ^short = "The source's name, where member tells another"

Extension: HealthcareAgent
Id: healthcare-agent
Title: "Healthcare agent as recorded"
Description: "What the source says of a healthcare agent, where the resource of that person tells something else or none is known."
Context: Consent.provision.actor
* insert Ours
* extension contains
    name 0..1 and
    relationship 0..1 and
    phone 0..1
* extension[name].value[x] only string
* extension[relationship].value[x] only string
* extension[phone].value[x] only string

Extension: ActionChoice
Id: action-choice
Title: "Step and choice"
Description: "Who takes a step, whether the person chose it, and what R4 has no element for."
Context: Task, ServiceRequest
* insert Ours
* extension contains
    actor 0..1 and
    voluntary 0..1 and
    chosenByPerson 0..1 and
    peerFunction 0..1 and
    professionalFunction 0..1 and
    status 0..1 and
    setting 0..1 and
    modality 0..1 and
    frequency 0..1 and
    duration 0..1 and
    actorName 0..1 and
    relationship 0..1
* extension[actor].value[x] only code
* extension[actor].value[x] from ActionActor (required)
* extension[voluntary].value[x] only code
* extension[voluntary].value[x] from YesNoUnknown (required)
* extension[chosenByPerson].value[x] only code
* extension[chosenByPerson].value[x] from YesNoUnknown (required)
* extension[peerFunction].value[x] only code
* extension[peerFunction].value[x] from PeerFunction (required)
* extension[professionalFunction].value[x] only code
* extension[professionalFunction].value[x] from ProfessionalFunction (required)
* extension[status].value[x] only code
* extension[status].value[x] from ActionStatus (required)
* extension[status] ^short = "Of a ServiceRequest: planned and under way are both active there"
* extension[setting].value[x] only string
* extension[modality].value[x] only string
* extension[frequency].value[x] only string
* extension[frequency] ^short = "Of a Task: a ServiceRequest has a timing"
* extension[duration].value[x] only string
* extension[actorName].value[x] only string
* extension[actorName] ^short = "The source's name, where owner or performer tells another"
* extension[relationship].value[x] only string
* extension[relationship] ^short = "What they are to the person, where owner or performer tells something else"
