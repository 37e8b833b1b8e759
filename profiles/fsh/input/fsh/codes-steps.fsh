// Codes of steps and of the people who take them.

CodeSystem: ActionActorCodes
Id: action-actor
Title: "Who takes a step"
Description: "Who does what the step says."
* insert Complete(action-actor)
* #person "The person"
* #natural-support "Natural support"
* #peer "Peer"
* #professional "Professional"
* #community "Community"

ValueSet: ActionActor
Id: action-actor
Title: "Who takes a step"
Description: "All codes of who takes a step."
* insert Ours
* include codes from system ActionActorCodes

CodeSystem: ActionStatusCodes
Id: action-status
Title: "Status of a step"
Description: "How far a step is; a ServiceRequest is active whether planned or under way."
* insert Complete(action-status)
* #planned "Planned"
* #under-way "Under way"
* #done "Done"
* #stopped "Stopped"
* #paused "Paused"
* #entered-in-error "Entered in error"

ValueSet: ActionStatus
Id: action-status
Title: "Status of a step"
Description: "All codes of status of a step."
* insert Ours
* include codes from system ActionStatusCodes

CodeSystem: PeerFunctionCodes
Id: peer-function
Title: "What a peer does"
Description: "What a peer does in a step."
* insert Complete(peer-function)
* #advocacy-with "Advocacy with"
* #speaking-up "Speaking up"
* #sharing-experience "Sharing experience"
* #skill-building "Skill building"
* #navigation "Navigation"
* #company "Company"
* #preparation "Preparation"
* #bridge-building "Bridge building"
* #relationship-building "Relationship building"
* #creative-narratives "Creative narratives"
* #co-creating-wellness-tools "Co creating wellness tools"
* #team-culture "Team culture"

ValueSet: PeerFunction
Id: peer-function
Title: "What a peer does"
Description: "All codes of what a peer does."
* insert Ours
* include codes from system PeerFunctionCodes

CodeSystem: ProfessionalFunctionCodes
Id: professional-function
Title: "What a professional does"
Description: "What a professional does in a step."
* insert Complete(professional-function)
* #support "Support"
* #outreach "Outreach"
* #needs-assessment "Needs assessment"
* #psycho-education "Psycho-education"
* #recovery-coaching "Recovery coaching"
* #safety-planning "Safety planning"
* #linkage "Linkage"

ValueSet: ProfessionalFunction
Id: professional-function
Title: "What a professional does"
Description: "All codes of what a professional does."
* insert Ours
* include codes from system ProfessionalFunctionCodes

CodeSystem: ParticipantRoleCodes
Id: participant-role
Title: "Role in planning"
Description: "Who took part in the planning."
* insert Complete(participant-role)
* #person "The person"
* #family "Family"
* #friend "Friend"
* #guardian "Guardian"
* #peer "Peer"
* #clinician "Clinician"
* #prescriber "Prescriber"
* #case-manager "Case manager"
* #interpreter "Interpreter"
* #advocate "Advocate"
* #other "Something else"

ValueSet: ParticipantRole
Id: participant-role
Title: "Role in planning"
Description: "All codes of role in planning."
* insert Ours
* include codes from system ParticipantRoleCodes

CodeSystem: ParticipantFunctionCodes
Id: participant-function
Title: "Function in planning"
Description: "What somebody did in the planning."
* insert Complete(participant-function)
* #facilitator "Facilitator"
* #author "Author"
* #ally "Ally"
* #reminder "Reminder"
* #communication-support "Communication support"
* #attendee "Attendee"

ValueSet: ParticipantFunction
Id: participant-function
Title: "Function in planning"
Description: "All codes of function in planning."
* insert Ours
* include codes from system ParticipantFunctionCodes

CodeSystem: RelationshipCodes
Id: relationship
Title: "Relationship"
Description: "What somebody is to the person."
* insert Complete(relationship)
* #natural "Natural"
* #peer "Peer"
* #professional "Professional"

ValueSet: Relationship
Id: relationship
Title: "Relationship"
Description: "All codes of relationship."
* insert Ours
* include codes from system RelationshipCodes
