// What is told of words: how they came here, and whose they are.

Extension: WordsCapture
Id: words-capture
Title: "How words were captured"
Description: "How words were taken down, who spoke, and who says that they are the person's."
Context: Goal, Observation
* insert Ours
* extension contains
    method 1..1 and
    expressedBy 0..1 and
    prompt 0..1 and
    translatedBy 0..* and
    lossy 0..1 and
    raw 0..1 and
    sourceField 0..1 and
    attestationStatement 0..1 and
    attestedBy 0..1 and
    attestationMethod 0..1 and
    attestedOn 0..1 and
    witness 0..1
* extension[method].value[x] only code
* extension[method].value[x] from CaptureMethod (required)
* extension[method] ^short = "The way from the person to the record; unknown where the record does not say"
* extension[expressedBy].value[x] only code
* extension[expressedBy].value[x] from ExpressedBy (required)
* extension[expressedBy] ^short = "Who spoke, as the record says"
* extension[prompt].value[x] only string
* extension[prompt] ^short = "The beginning of a sentence that the person finished"
* extension[translatedBy].value[x] only code
* extension[translatedBy] ^short = "Who translated, one for each translation"
* extension[lossy].value[x] only boolean
* extension[lossy] ^short = "The source may have lost letters before it came here"
* extension[raw].value[x] only string
* extension[raw] ^short = "The whole field of the source, where the words are a part of it"
* extension[sourceField].value[x] only string
* extension[sourceField] ^short = "The field of the source"
* extension[attestationStatement].value[x] only code
* extension[attestationStatement].value[x] from AttestationStatement (required)
* extension[attestedBy].value[x] only code
* extension[attestedBy].value[x] from AttestedBy (required)
* extension[attestationMethod].value[x] only code
* extension[attestationMethod].value[x] from AttestationMethod (required)
* extension[attestedOn].value[x] only date
* extension[witness].value[x] only string

Extension: AppliesWhen
Id: applies-when
Title: "Applies when"
Description: "The situation in which what the person prefers holds, in their words."
Context: Observation
* insert Ours
* value[x] 1..1
* value[x] only string

Extension: GoalRank
Id: goal-rank
Title: "Rank of a goal"
Description: "How high the person puts this goal among theirs; 1 is first."
Context: Goal
* insert Ours
* value[x] 1..1
* value[x] only unsignedInt
