// Codes of the person, of taking part and of reviews.

CodeSystem: CommunicationModeCodes
Id: communication-mode
Title: "Way to communicate"
Description: "How the person says what they want to say."
* insert Complete(communication-mode)
* #spoken "Spoken"
* #signed "Signed"
* #aac-device "Communication device"
* #pictures-or-objects "Pictures or objects"
* #written "Written"
* #behavior-read-by-people-who-know-me "Behavior read by people who know me"
* #with-support-person "With support person"

ValueSet: CommunicationMode
Id: communication-mode
Title: "Way to communicate"
Description: "All codes of way to communicate."
* insert Ours
* include codes from system CommunicationModeCodes

CodeSystem: DecisionSupportTypeCodes
Id: decision-support-type
Title: "Support in deciding"
Description: "Who has a say beside the person."
* insert Complete(decision-support-type)
* #none "None"
* #supported-decision-making "Supported decision making"
* #guardian-limited "Guardian limited"
* #guardian-full "Guardian full"
* #health-care-proxy-or-poa "Health care proxy or power of attorney"
* #parent-of-minor "Parent of minor"

ValueSet: DecisionSupportType
Id: decision-support-type
Title: "Support in deciding"
Description: "All codes of support in deciding."
* insert Ours
* include codes from system DecisionSupportTypeCodes

CodeSystem: PersonStatusCodes
Id: person-status
Title: "What is recorded of the person"
Description: "What a status Observation is about."
* insert Complete(person-status)
* #smi-sed "Serious mental illness or serious emotional disturbance"
* #living-situation "Living situation"
* #employment "Employment"
* #not-in-labor-force "Not in labor force"
* #school-attendance "School attendance"
* #county "County"
* #funding "Funding"
* #race "Race"
* #ethnicity "Ethnicity"
* #sex "Sex"
* #gender "Gender"
* #tribal-affiliation "Tribal affiliation"
* #religion "Religion"

ValueSet: PersonStatus
Id: person-status
Title: "What is recorded of the person"
Description: "All codes of what is recorded of the person."
* insert Ours
* include codes from system PersonStatusCodes

CodeSystem: MissingCodes
Id: missing
Title: "Why an answer is missing"
Description: "Why something that is asked of everybody is not known."
* insert Complete(missing)
* #unknown "Not known"
* #not-collected "Not collected"
* #declined "Declined"

ValueSet: Missing
Id: missing
Title: "Why an answer is missing"
Description: "All codes of why an answer is missing."
* insert Ours
* include codes from system MissingCodes

CodeSystem: TookPartCodes
Id: took-part
Title: "Taking part"
Description: "Whether the person took part in the planning."
* insert Complete(took-part)
* #yes "Yes"
* #partly "Partly"
* #no "No"
* #declined "Declined"
* #unknown "Not known"

ValueSet: TookPart
Id: took-part
Title: "Taking part"
Description: "All codes of taking part."
* insert Ours
* include codes from system TookPartCodes

CodeSystem: PersonAgreesCodes
Id: person-agrees
Title: "Agreement"
Description: "Whether the person agrees with the plan."
* insert Complete(person-agrees)
* #yes "Yes"
* #partly "Partly"
* #no "No"
* #not-asked "Not asked"

ValueSet: PersonAgrees
Id: person-agrees
Title: "Agreement"
Description: "All codes of agreement."
* insert Ours
* include codes from system PersonAgreesCodes

CodeSystem: InterpreterKindCodes
Id: interpreter-kind
Title: "Kind of interpreting"
Description: "What the interpreter at the meeting did."
* insert Complete(interpreter-kind)
* #spoken "Spoken"
* #signed "Signed"
* #deafblind "Deafblind"
* #cart "Live captions"

ValueSet: InterpreterKind
Id: interpreter-kind
Title: "Kind of interpreting"
Description: "All codes of kind of interpreting."
* insert Ours
* include codes from system InterpreterKindCodes

CodeSystem: PeerPlanningSupportCodes
Id: peer-planning-support
Title: "Competency in peer planning"
Description: "A competency of category V for peer workers, by its number."
* insert Complete(peer-planning-support)
* #v-1 "Peer planning support V.1"
* #v-2 "Peer planning support V.2"
* #v-3 "Peer planning support V.3"
* #v-4 "Peer planning support V.4"
* #v-5 "Peer planning support V.5"

ValueSet: PeerPlanningSupport
Id: peer-planning-support
Title: "Competency in peer planning"
Description: "All codes of competency in peer planning."
* insert Ours
* include codes from system PeerPlanningSupportCodes

CodeSystem: PreplanningKindCodes
Id: preplanning-kind
Title: "Kind of preparation"
Description: "What was done before the meeting."
* insert Complete(preplanning-kind)
* #exploratory-tool "Exploratory tool"
* #goal-discovery "Goal discovery"
* #rights-and-self-advocacy "Rights and self advocacy"
* #preparation "Preparation"
* #skill-building "Skill building"
* #appointment-preparation "Appointment preparation"
* #follow-up "Follow up"
* #other "Something else"

ValueSet: PreplanningKind
Id: preplanning-kind
Title: "Kind of preparation"
Description: "All codes of kind of preparation."
* insert Ours
* include codes from system PreplanningKindCodes

CodeSystem: ReviewKindCodes
Id: review-kind
Title: "Kind of review"
Description: "Whether the plan was looked at or written anew."
* insert Complete(review-kind)
* #review "Review"
* #rewrite "Rewrite"

ValueSet: ReviewKind
Id: review-kind
Title: "Kind of review"
Description: "All codes of kind of review."
* insert Ours
* include codes from system ReviewKindCodes
