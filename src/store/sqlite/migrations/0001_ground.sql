-- Moments are microseconds since 1970-01-01 UTC. Flags are 0 or 1. `…_key` is a row's number here; `plan_id` and `person_id`
-- are the agency's own ids.

-- This store itself: one row, made with the store and never changed.
create table instance (
    instance_key integer primary key constraint instance_is_one check (instance_key = 1),
    namespace text not null -- secret: every resource id is derived from it, so that an id tells nothing
);
insert into instance (instance_key, namespace) values (1, lower(hex(randomblob(16))));

-- What was sent in one piece: a file, or the body of a request.
create table submission (
    submission_key integer primary key,
    submission_id text not null constraint submission_id_unique unique,
    agency text not null,
    mapping text not null,
    mapping_version text not null,
    policy text not null,
    sha256 text not null,
    size integer not null,
    caller text not null,
    file text not null,
    received_at integer not null,
    state text not null constraint submission_state_known check (state in ('receiving', 'complete')),
    records integer, -- this and the next three: counted when complete, null before
    accepted integer,
    warned integer,
    rejected integer,
    preamble blob, -- what stands before the first record, such as a header line
    -- the same bytes read by a corrected mapping or judged by another policy are another submission
    constraint submission_once unique (agency, sha256, mapping, mapping_version, policy)
);

-- A plan as the agency numbers it.
create table plan (
    plan_key integer primary key,
    agency text not null,
    plan_id text not null,
    person_id text not null, -- of the newest version that was not rejected; empty before
    newest integer not null, -- newest version; 0 only within the transaction that makes the first
    accepted integer, -- newest version that was not rejected
    content text not null, -- fingerprint of the newest version, by which a restated one is known
    constraint plan_once unique (agency, plan_id)
);

-- A version of a plan; never changed.
create table plan_version (
    plan_version_key integer primary key,
    plan_key integer not null constraint plan_version_plan references plan (plan_key),
    version integer not null,
    outcome text not null,
    received_at integer not null,
    edition blob, -- 16 bytes: which version of which record it is, read by which mapping; null when the record names none
    says blob, -- 16 bytes: what the record says in it
    json text not null,
    resources blob, -- all its resources with their versions, in the order of saying, packed; null when rejected
    constraint plan_version_once unique (plan_key, version)
);

-- A record as it came, and what judging it came to; never changed.
create table record (
    record_key integer primary key,
    submission_key integer not null constraint record_submission references submission (submission_key),
    ordinal integer not null,
    outcome text not null,
    received_at integer not null,
    plan_key integer, -- null: the record could not be filed under a plan
    version integer, -- of the plan; several records restate one version
    start text not null, -- where it starts in the source, JSON
    findings text not null, -- JSON array in the order found; read whole, so no table of its own
    unread text not null, -- JSON array of paths
    raw blob not null,
    constraint record_once unique (submission_key, ordinal),
    constraint record_plan_version foreign key (plan_key, version) references plan_version (plan_key, version)
);
create index record_by_plan on record (plan_key, received_at) where plan_key is not null;
create index record_unfiled on record (received_at) where plan_key is null;

-- Where the present content of a resource stands: the id is all that is indexed, the content is in plan_version.resources.
create table resource (
    resource_id blob not null constraint resource_once primary key, -- the 16 bytes of its id
    plan_version_key integer not null constraint resource_plan_version references plan_version (plan_version_key),
    shared integer not null, -- more than one plan names it, such as a Patient: it stays when one of them drops it
    gone integer not null, -- the newest accepted version of its plan no longer has it
    version integer not null, -- of the resource
    updated_at integer not null, -- when this version came to be
    digest blob not null -- 16 bytes of the SHA-256 of its content, by which the same content is known
) without rowid;

-- The outbox: a version of a plan on its way to a connection.
create table delivery (
    delivery_key integer primary key,
    connection text not null,
    agency text not null,
    person_id text not null,
    plan_key integer not null,
    version integer not null,
    state text not null constraint delivery_state_known
        check (state in ('ready', 'in_flight', 'unknown', 'done', 'blocked', 'dead', 'superseded')),
    was_unknown integer not null default 0, -- the attempt now in flight follows one whose outcome is not known
    attempts integer not null default 0,
    token integer not null default 0, -- fencing: raised by every claim, asked for by every settle
    not_before integer not null,
    lease_until integer, -- while in flight
    created_at integer not null,
    updated_at integer not null,
    status integer, -- HTTP status of the last answer
    reason text, -- in our words
    peer_text text, -- in the peer's words: for staff, never logged
    constraint delivery_once unique (plan_key, connection, version),
    constraint delivery_plan_version foreign key (plan_key, version) references plan_version (plan_key, version)
);
create index delivery_open on delivery (connection, delivery_key) where state in ('ready', 'in_flight', 'unknown');
create index delivery_open_by_person on delivery (connection, agency, person_id, delivery_key)
    where state in ('ready', 'in_flight', 'unknown');

-- A server we deliver to.
create table connection (
    connection text not null constraint connection_once primary key,
    write_method text not null constraint connection_write_method_known check (write_method in ('own-ids', 'if-none-exist'))
);

-- Which id a resource of ours has at a connection.
create table link (
    connection text not null,
    kind text not null,
    resource_id text not null,
    remote_id text not null,
    constraint link_once primary key (connection, kind, resource_id)
) without rowid;

-- What long statements of goals are made of: hashes that need the agency's key, never a sentence. One row for everyone who
-- says the same.
create table wording (
    wording_key integer primary key,
    agency text not null,
    digest blob not null constraint wording_once unique, -- 16 bytes: the same hashes of the same agency are one row
    shingles blob not null -- keyed hashes of its word triples, 8 bytes each, ascending
);

-- The few hashes by which a statement that says the same is found.
create table wording_mark (
    mark integer not null,
    wording_key integer not null constraint wording_mark_wording references wording (wording_key) on delete cascade,
    constraint wording_mark_once primary key (mark, wording_key)
) without rowid;
create index wording_mark_by_wording on wording_mark (wording_key);

-- Whose newest plan says so.
create table wording_of (
    wording_key integer not null constraint wording_of_wording references wording (wording_key) on delete cascade,
    person_id text not null,
    plan_key integer not null constraint wording_of_plan references plan (plan_key),
    constraint wording_of_once primary key (wording_key, person_id, plan_key)
) without rowid;
create index wording_of_by_plan on wording_of (plan_key);
