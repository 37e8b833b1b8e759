//! Every operation that is not FHIR: what it takes, what it answers. One entry each, in the order of the routes.

use serde_json::{Value, json};

/// An operation.
pub(super) struct Operation {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    /// Whether it asks for no token.
    pub(super) is_open: bool,
    pub(super) query: &'static [Parameter],
    pub(super) body: Option<Body>,
    pub(super) answers: &'static [Answer],
    /// Statuses of refusals beside those that every operation has.
    pub(super) refused: &'static [u16],
}

/// A parameter of the address.
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) kind: Kind,
}

/// What a parameter takes.
pub(super) enum Kind {
    Text,
    Number,
    YesNo,
    Verdict,
    DeliveryState,
    ConflictState,
}

/// What is sent.
pub(super) struct Body {
    pub(super) about: &'static str,
    /// A schema's name; without one, any bytes.
    pub(super) schema: Option<&'static str>,
}

/// An answer that is no refusal.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) about: &'static str,
    /// Media types, each with the name of a schema or none.
    pub(super) forms: &'static [(&'static str, &'static str)],
}

impl Kind {
    pub(super) fn schema(&self) -> Value {
        match self {
            Self::Text => json!({"type": "string"}),
            Self::Number => json!({"type": "integer", "minimum": 0, "maximum": 4_294_967_295_u32}),
            Self::YesNo => json!({"type": "boolean"}),
            Self::Verdict => json!({"$ref": "#/components/schemas/Verdict"}),
            Self::DeliveryState => json!({"$ref": "#/components/schemas/DeliveryState"}),
            Self::ConflictState => json!({"enum": ["open", "ours", "theirs", "settled", "all"]}),
        }
    }
}

const fn parameter(name: &'static str, about: &'static str, kind: Kind) -> Parameter {
    Parameter { name, about, kind }
}

const fn answer(status: u16, about: &'static str, forms: &'static [(&'static str, &'static str)]) -> Answer {
    Answer { status, about, forms }
}

const fn get(path: &'static str, id: &'static str, summary: &'static str, answers: &'static [Answer]) -> Operation {
    Operation {
        method: "get",
        path,
        id,
        summary,
        is_open: false,
        query: &[],
        body: None,
        answers,
        refused: &[400, 404],
    }
}

const fn post(path: &'static str, id: &'static str, summary: &'static str, answers: &'static [Answer]) -> Operation {
    Operation { method: "post", ..get(path, id, summary, answers) }
}

const THREAD: Parameter = parameter("thread", "With the golden thread of each record", Kind::YesNo);
const AFTER: Parameter = parameter("after", "Those after this number", Kind::Number);
const COUNT: Parameter = parameter("count", "How many at most", Kind::Number);
const MERGE: &[(&str, &str)] = &[("application/json", "Merge")];
const RECEIPT: &[(&str, &str)] = &[("application/json", "Receipt")];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        query: &[
            parameter("agency", "The agency that sends; a caller of one agency may leave it out", Kind::Text),
            parameter("mapping", "The mapping that reads the body; left out, the form is recognised", Kind::Text),
            parameter("file", "The file's name, for findings that point into it", Kind::Text),
            parameter("period", "FIRST/LAST: the first and last of the days that the file holds whole", Kind::Text),
            parameter("confirm", "`fewer-people`: that far fewer people than before are in it is right", Kind::Text),
            THREAD,
        ],
        body: Some(Body { about: "A file in any form that a mapping reads", schema: None }),
        refused: &[400, 409, 413, 415, 422],
        ..post(
            "/submissions",
            "submit",
            "Send plans in; answered after they are kept",
            &[
                answer(200, "The same bytes were received before; nothing was changed", RECEIPT),
                answer(201, "Every record was accepted", RECEIPT),
                answer(207, "Some records were sent back", RECEIPT),
                answer(
                    422,
                    "Every record was sent back (a receipt), or the file cannot be read (an outcome)",
                    &[("application/json", "Receipt"), ("application/fhir+json", "OperationOutcome")],
                ),
            ],
        )
    },
    Operation {
        query: &[THREAD],
        ..get(
            "/submissions/{id}",
            "receipt",
            "A submission, its counts and its first records",
            &[answer(200, "The receipt", RECEIPT)],
        )
    },
    Operation {
        query: &[parameter("only", "Records of this verdict", Kind::Verdict), AFTER, COUNT, THREAD],
        ..get(
            "/submissions/{id}/records",
            "records",
            "The records of a submission with their findings",
            &[answer(200, "A page of records", &[("application/json", "Records")])],
        )
    },
    get(
        "/submissions/{id}/records/{ordinal}/raw",
        "raw",
        "The bytes of a record as they came",
        &[answer(200, "The bytes", &[("application/octet-stream", "")])],
    ),
    get(
        "/plans/{agency}/{plan_id}",
        "planVersions",
        "Every version of a plan, those that were sent back too",
        &[answer(200, "The versions, oldest first", &[("application/json", "PlanVersions")])],
    ),
    Operation {
        refused: &[],
        ..get(
            "/rules",
            "rules",
            "The catalogue of rules",
            &[answer(200, "The rules", &[("application/json", "Rules")])],
        )
    },
    get(
        "/rules/{id}",
        "rule",
        "A rule; its page for who accepts text/markdown",
        &[answer(200, "The rule", &[("application/json", "Rule"), ("text/markdown", "")])],
    ),
    Operation {
        query: &[parameter("state", "Deliveries in this state", Kind::DeliveryState), AFTER, COUNT],
        refused: &[400],
        ..get(
            "/deliveries",
            "deliveries",
            "Deliveries to the receiving FHIR server",
            &[answer(200, "A page of deliveries", &[("application/json", "Deliveries")])],
        )
    },
    Operation {
        body: Some(Body { about: "Which; {} is every blocked or dead one", schema: Some("WhichDeliveries") }),
        refused: &[400],
        ..post(
            "/deliveries/retry",
            "retryDeliveries",
            "Send deliveries again that wait for a person to look",
            &[answer(200, "How many", &[("application/json", "Retried")])],
        )
    },
    post(
        "/deliveries/{id}/retry",
        "retryDelivery",
        "Send one delivery again that waits for a person to look",
        &[answer(202, "It will be sent", &[])],
    ),
    get(
        "/connections",
        "connections",
        "Connections to EHRs",
        &[answer(200, "All of them", &[("application/json", "Connections")])],
    ),
    Operation {
        refused: &[404, 409],
        ..get(
            "/connections/{connection}",
            "connection",
            "A connection: what its file says, and its capability record",
            &[answer(200, "The connection", &[("application/json", "ConnectionShown")])],
        )
    },
    Operation {
        refused: &[404, 409],
        ..post(
            "/connections/{connection}/check",
            "checkConnection",
            "Try a connection out, reading only",
            &[answer(200, "What was learned", &[("application/json", "ConnectionTried")])],
        )
    },
    Operation {
        is_open: true,
        body: Some(Body { about: "A notification of topic-based subscriptions (R4), or nothing", schema: None }),
        refused: &[400, 401, 413],
        ..post(
            "/connections/{connection}/notifications",
            "notify",
            "An EHR tells by the secret of its connection that something changed; whom that is about is read again",
            &[answer(200, "It was taken in", &[])],
        )
    },
    Operation {
        refused: &[404],
        ..post(
            "/connections/{connection}/pause",
            "pause",
            "Let the deliveries of a connection wait",
            &[answer(200, "The connections that wait", &[("application/json", "PausedConnections")])],
        )
    },
    Operation {
        refused: &[404],
        ..post(
            "/connections/{connection}/resume",
            "resume",
            "Let the deliveries of a connection go on",
            &[answer(200, "The connections that wait", &[("application/json", "PausedConnections")])],
        )
    },
    Operation {
        query: &[parameter("waiting", "Those that wait to be confirmed", Kind::YesNo), AFTER, COUNT],
        refused: &[400],
        ..get(
            "/persons/merges",
            "merges",
            "Ids of an agency that are one person, or were taken for one",
            &[answer(200, "A page of merges", &[("application/json", "Merges")])],
        )
    },
    Operation {
        body: Some(Body { about: "Which id is given up for which, who says so, and why", schema: Some("Merging") }),
        refused: &[400, 409],
        ..post(
            "/persons/merges",
            "merge",
            "Tell that two ids of an agency are one person; nothing is sent for them before it is confirmed",
            &[answer(200, "It stood before", MERGE), answer(201, "It stands", MERGE)],
        )
    },
    Operation {
        body: Some(Body { about: "Who confirms it", schema: Some("Confirming") }),
        refused: &[400, 404, 409],
        ..post(
            "/persons/merges/{id}/confirm",
            "confirmMerge",
            "A named person confirms a merge, or that it was taken back; what waited for that is sent",
            &[answer(200, "It is confirmed", MERGE)],
        )
    },
    Operation {
        body: Some(Body { about: "Who takes it back, and why", schema: Some("Undoing") }),
        refused: &[400, 404, 409],
        ..post(
            "/persons/merges/{id}/undo",
            "undoMerge",
            "Take a merge back; where it was confirmed, this has to be confirmed, too",
            &[answer(200, "It is taken back", MERGE)],
        )
    },
    Operation {
        query: &[
            parameter("state", "Conflicts in this state; left out, the open ones", Kind::ConflictState),
            AFTER,
            COUNT,
        ],
        refused: &[400],
        ..get(
            "/conflicts",
            "conflicts",
            "Where an EHR says something else than a plan, and why a person has to look",
            &[answer(200, "A page of conflicts, without a word of either side", &[("application/json", "Conflicts")])],
        )
    },
    get(
        "/conflicts/{id}",
        "conflict",
        "A conflict with what both sides say",
        &[answer(200, "The conflict", &[("application/json", "ConflictShown")])],
    ),
    Operation {
        body: Some(Body { about: "Which version stays, and the name of who decided", schema: Some("Decision") }),
        refused: &[400, 404, 409],
        ..post(
            "/conflicts/{id}/resolve",
            "resolveConflict",
            "Decide which version stays",
            &[answer(200, "The conflict as it was decided", &[("application/json", "Conflict")])],
        )
    },
    Operation {
        is_open: true,
        refused: &[],
        ..get(
            "/.well-known/jwks.json",
            "keys",
            "Our public keys, by which EHRs know our assertions",
            &[answer(200, "The keys", &[("application/json", "Keys")])],
        )
    },
    Operation {
        is_open: true,
        refused: &[],
        ..get("/openapi.json", "openapi", "This document", &[answer(200, "OpenAPI 3.1", &[("application/json", "")])])
    },
    Operation {
        is_open: true,
        refused: &[],
        ..get(
            "/health/live",
            "live",
            "Whether the process answers",
            &[answer(200, "It does", &[("application/json", "Health")])],
        )
    },
    Operation {
        is_open: true,
        refused: &[],
        ..get(
            "/health/ready",
            "ready",
            "Whether the store answers and is up to date",
            &[
                answer(200, "It is", &[("application/json", "Health")]),
                answer(503, "It is not, and why", &[("application/json", "Health")]),
            ],
        )
    },
    Operation {
        refused: &[],
        ..get("/metrics", "metrics", "Counts and times for Prometheus", &[answer(200, "Text", &[("text/plain", "")])])
    },
];
