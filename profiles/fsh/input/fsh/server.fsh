// What a server of ours offers beside plain FHIR. Search parameters are R4's and US Core's; we define none.

RuleSet: Takes(at, name, min, max, type, documentation)
* parameter[{at}].name = #{name}
* parameter[{at}].use = #in
* parameter[{at}].min = {min}
* parameter[{at}].max = "{max}"
* parameter[{at}].type = #{type}
* parameter[{at}].documentation = "{documentation}"

RuleSet: Gives(at, name, min, max, type, documentation)
* parameter[{at}].name = #{name}
* parameter[{at}].use = #out
* parameter[{at}].min = {min}
* parameter[{at}].max = "{max}"
* parameter[{at}].type = #{type}
* parameter[{at}].documentation = "{documentation}"

Instance: check-plan
InstanceOf: OperationDefinition
Usage: #definition
* insert Defined(OperationDefinition, check-plan, CheckPlan)
* title = "Judge a plan"
* description = "Judges one plan and keeps nothing. The body is the plan itself: our plan model, a Bundle, or, with a mapping, a record of that mapping's form."
* kind = #operation
* affectsState = false
* code = #check-plan
* resource = #CarePlan
* system = true
* type = true
* instance = false
* insert Takes(0, resource, 0, 1, Resource, The plan as FHIR.)
* insert Takes(1, agency, 0, 1, string, The agency as which it is judged.)
* insert Takes(2, mapping, 0, 1, string, The mapping that reads the body.)
* insert Gives(3, verdict, 1, 1, code, What came of it.)
* parameter[3].binding.strength = #required
* parameter[3].binding.valueSet = "https://ownwords.org/fhir/ValueSet/verdict"
* insert Gives(4, outcome, 1, 1, OperationOutcome, The findings with rule and place and never a word of the plan.)
* insert Gives(5, plan, 0, 1, Bundle, The plan in FHIR where it would be accepted.)
* parameter[6].name = #thread
* parameter[6].use = #out
* parameter[6].min = 0
* parameter[6].max = "1"
* parameter[6].documentation = "What hangs on which goal, in parts."
* parameter[6].part[0].name = #goal
* parameter[6].part[0].use = #out
* parameter[6].part[0].min = 0
* parameter[6].part[0].max = "*"
* parameter[6].part[0].documentation = "A goal with its strengths, barriers, objectives and steps."
* parameter[6].part[1].name = #not-linked
* parameter[6].part[1].use = #out
* parameter[6].part[1].min = 0
* parameter[6].part[1].max = "1"
* parameter[6].part[1].documentation = "What hangs on no goal."
* parameter[6].part[2].name = #steps-by
* parameter[6].part[2].use = #out
* parameter[6].part[2].min = 1
* parameter[6].part[2].max = "1"
* parameter[6].part[2].documentation = "How many steps whom."

RuleSet: Kept(at, type)
* rest.resource[{at}].type = #{type}
* rest.resource[{at}].interaction[0].code = #read
* rest.resource[{at}].interaction[1].code = #vread
* rest.resource[{at}].interaction[2].code = #history-instance
* rest.resource[{at}].interaction[3].code = #search-type
* rest.resource[{at}].searchRevInclude = "Provenance:target"

RuleSet: Found(at, nth, name, type)
* rest.resource[{at}].searchParam[{nth}].name = "{name}"
* rest.resource[{at}].searchParam[{nth}].type = #{type}

Instance: ownwords-server
InstanceOf: CapabilityStatement
Usage: #definition
* insert Defined(CapabilityStatement, ownwords-server, OwnwordsServer)
* title = "Server of recovery plans"
* description = "What may be relied on; what a server can do beyond it, its own statement says."
* kind = #requirements
* fhirVersion = #4.0.1
* format[0] = #json
* format[1] = #xml
* rest.mode = #server
* insert Kept(0, CarePlan)
* rest.resource[0].supportedProfile[0] = "https://ownwords.org/fhir/StructureDefinition/pcrp-careplan"
* rest.resource[0].supportedProfile[1] = "https://ownwords.org/fhir/StructureDefinition/pcrp-crisis-careplan"
* rest.resource[0].operation.name = "check-plan"
* rest.resource[0].operation.definition = "https://ownwords.org/fhir/OperationDefinition/check-plan"
* insert Found(0, 0, patient, reference)
* insert Found(0, 1, category, token)
* insert Found(0, 2, status, token)
* insert Found(0, 3, date, date)
* insert Found(0, 4, identifier, token)
* insert Kept(1, CareTeam)
* rest.resource[1].supportedProfile = "https://ownwords.org/fhir/StructureDefinition/pcrp-careteam"
* insert Found(1, 0, patient, reference)
* insert Found(1, 1, status, token)
* insert Kept(2, Goal)
* rest.resource[2].supportedProfile[0] = "https://ownwords.org/fhir/StructureDefinition/own-words-goal"
* rest.resource[2].supportedProfile[1] = "https://ownwords.org/fhir/StructureDefinition/pcrp-objective"
* insert Found(2, 0, patient, reference)
* insert Found(2, 1, lifecycle-status, token)
* insert Found(2, 2, target-date, date)
* insert Kept(3, Observation)
* rest.resource[3].supportedProfile[0] = "https://ownwords.org/fhir/StructureDefinition/pcrp-strength"
* rest.resource[3].supportedProfile[1] = "https://ownwords.org/fhir/StructureDefinition/pcrp-barrier"
* rest.resource[3].supportedProfile[2] = "https://ownwords.org/fhir/StructureDefinition/pcrp-told"
* insert Found(3, 0, patient, reference)
* insert Found(3, 1, category, token)
* insert Found(3, 2, code, token)
* insert Found(3, 3, date, date)
* insert Kept(4, Patient)
* rest.resource[4].supportedProfile = "https://ownwords.org/fhir/StructureDefinition/pcrp-patient"
* insert Found(4, 0, identifier, token)
* insert Kept(5, Provenance)
* rest.resource[5].supportedProfile = "https://ownwords.org/fhir/StructureDefinition/own-words-provenance"
* insert Kept(6, ServiceRequest)
* rest.resource[6].supportedProfile = "https://ownwords.org/fhir/StructureDefinition/pcrp-service"
* insert Found(6, 0, patient, reference)
* insert Kept(7, Task)
* rest.resource[7].supportedProfile = "https://ownwords.org/fhir/StructureDefinition/pcrp-task"
* insert Found(7, 0, patient, reference)
