// Our codes in those of others.

Instance: goal-domain-to-pco
InstanceOf: ConceptMap
Usage: #definition
* insert Defined(ConceptMap, goal-domain-to-pco, GoalDomainToPco)
* title = "Areas of life in PCO's codes"
* description = "PCO has no code for work, education, money, spirituality, recreation and other."
* group.source = "https://ownwords.org/fhir/CodeSystem/goal-domain"
* group.target = "http://hl7.org/fhir/us/pco/CodeSystem/pco-goal-domains-temporary"
* group.element[0].code = #housing
* group.element[0].target.code = #housing
* group.element[0].target.equivalence = #equivalent
* group.element[1].code = #access-to-services
* group.element[1].target.code = #access-to-services
* group.element[1].target.equivalence = #equivalent
* group.element[2].code = #transportation
* group.element[2].target.code = #access-to-services
* group.element[2].target.equivalence = #wider
* group.element[3].code = #caregiver-needs
* group.element[3].target.code = #caregiver-needs
* group.element[3].target.equivalence = #equivalent
* group.element[4].code = #end-of-life
* group.element[4].target.code = #end-of-life
* group.element[4].target.equivalence = #equivalent
* group.element[5].code = #independence
* group.element[5].target.code = #independence
* group.element[5].target.equivalence = #equivalent
* group.element[6].code = #legal
* group.element[6].target.code = #legal
* group.element[6].target.equivalence = #equivalent
* group.element[7].code = #managing-conditions
* group.element[7].target.code = #managing-conditions
* group.element[7].target.equivalence = #equivalent
* group.element[8].code = #medication
* group.element[8].target.code = #medication-management
* group.element[8].target.equivalence = #equivalent
* group.element[9].code = #health-and-wellness
* group.element[9].target.code = #improving-health-and-wellness
* group.element[9].target.equivalence = #equivalent
* group.element[10].code = #physical-function
* group.element[10].target.code = #physical-function
* group.element[10].target.equivalence = #equivalent
* group.element[11].code = #relationships-and-social
* group.element[11].target.code = #social-functioning
* group.element[11].target.equivalence = #equivalent
* group.element[12].code = #family-and-parenting
* group.element[12].target.code = #social-functioning
* group.element[12].target.equivalence = #wider
* group.element[13].code = #community-and-valued-role
* group.element[13].target.code = #social-functioning
* group.element[13].target.equivalence = #wider
* group.element[14].code = #emotional-and-mental-health
* group.element[14].target.code = #emotional-and-mental-health
* group.element[14].target.equivalence = #equivalent
* group.element[15].code = #work
* group.element[15].target.equivalence = #unmatched
* group.element[16].code = #education
* group.element[16].target.equivalence = #unmatched
* group.element[17].code = #money
* group.element[17].target.equivalence = #unmatched
* group.element[18].code = #spirituality
* group.element[18].target.equivalence = #unmatched
* group.element[19].code = #recreation-and-hobbies
* group.element[19].target.equivalence = #unmatched
* group.element[20].code = #other
* group.element[20].target.equivalence = #unmatched
