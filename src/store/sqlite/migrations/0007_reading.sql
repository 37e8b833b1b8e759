-- What was last read back of a resource at a connection, and what both sides agreed on then.
create table seen (
    connection text not null,
    kind text not null,
    remote_id text not null,
    agency text not null,
    person_id text not null,
    resource_id text not null, -- ours
    delivered integer not null, -- the version of its plan that had been delivered by then
    hash text not null, -- of what it says, without what servers rewrite
    content text not null, -- as read: the base of the next merge
    seen_at integer not null,
    missed_at integer, -- since when it has been answered as not there; null while it is there
    sign text, -- why it counts as withdrawn: gone, entered-in-error, cancelled
    constraint seen_once primary key (connection, kind, remote_id)
) without rowid;
create index seen_by_person on seen (connection, agency, person_id);

-- What a person has to decide: the EHR says something that the plan does not take by itself.
create table review (
    review_key integer primary key,
    connection text not null,
    agency text not null,
    person_id text not null,
    plan_id text not null,
    kind text not null,
    resource_id text not null, -- ours
    remote_id text not null,
    field text not null, -- JSON pointer from the part of the plan; 'resource': the whole of it
    reason text not null,
    says text not null, -- JSON: what both agreed on, what we keep, what the EHR says; never logged
    origin text not null, -- JSON: version and moment of the resource at the EHR
    state text not null constraint review_state_known check (state in ('open', 'ours', 'theirs', 'settled')),
    found_at integer not null,
    resolved_at integer,
    resolved_by text, -- who decided, as they named themselves
    resolved_as text, -- the caller that brought the decision
    plan_version integer -- of the plan that came of it
);
create index review_open on review (review_key) where state = 'open';
create index review_by_resource on review (connection, kind, remote_id);

-- Where the reading of a connection stands.
create table reading (
    connection text not null constraint reading_once primary key,
    lease_until integer not null, -- one process reads at a time
    watermark text, -- the server's own clock when the last round began
    compared_at integer, -- when the last whole comparison ended
    heeds text not null, -- types whose search heeds _lastUpdated
    after_agency text not null, -- this and the next: how far a round came that was broken off
    after_person text not null,
    is_whole integer not null -- whether that round compares everything
);

-- The persons whose plans were delivered.
create index delivery_done_by_person on delivery (connection, agency, person_id) where state = 'done';
