// Short names of what others define, and what all of our definitions say of themselves.

Alias: $core-careplan = http://hl7.org/fhir/us/core/StructureDefinition/us-core-careplan
Alias: $core-goal = http://hl7.org/fhir/us/core/StructureDefinition/us-core-goal
Alias: $core-observation = http://hl7.org/fhir/us/core/StructureDefinition/us-core-simple-observation
Alias: $core-screening = http://hl7.org/fhir/us/core/StructureDefinition/us-core-observation-screening-assessment
Alias: $core-careteam = http://hl7.org/fhir/us/core/StructureDefinition/us-core-careteam
Alias: $core-patient = http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient
Alias: $core-provenance = http://hl7.org/fhir/us/core/StructureDefinition/us-core-provenance
Alias: $core-service = http://hl7.org/fhir/us/core/StructureDefinition/us-core-servicerequest
Alias: $pco-barrier = http://hl7.org/fhir/us/pco/StructureDefinition/pco-goal-barrier
Alias: $pertains-to-goal = http://hl7.org/fhir/StructureDefinition/resource-pertainsToGoal
Alias: $careplan-category = http://hl7.org/fhir/us/core/CodeSystem/careplan-category
Alias: $eltss-observation = http://hl7.org/fhir/us/eltss/CodeSystem/eltss-observation-codes-temporary
Alias: $observation-category = http://terminology.hl7.org/CodeSystem/observation-category
Alias: $loinc = http://loinc.org
Alias: $sct = http://snomed.info/sct
Alias: $plan-category = https://ownwords.org/fhir/CodeSystem/plan-category
Alias: $plan-concept = https://ownwords.org/fhir/CodeSystem/plan-concept
Alias: $goal-kind = https://ownwords.org/fhir/CodeSystem/goal-kind
Alias: $strength-kind = https://ownwords.org/fhir/CodeSystem/strength-kind
Alias: $took-part = https://ownwords.org/fhir/CodeSystem/took-part

RuleSet: Ours
* ^experimental = false

RuleSet: Complete(id)
* insert Ours
* ^caseSensitive = true
* ^valueSet = "https://ownwords.org/fhir/ValueSet/{id}"

RuleSet: Defined(type, id, name)
* url = "https://ownwords.org/fhir/{type}/{id}"
* version = "0.1.0"
* name = "{name}"
* status = #active
* experimental = false
* date = "2026-11-25"
* publisher = "ownwords"
