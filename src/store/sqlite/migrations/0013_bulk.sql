-- Where a bulk export of a connection stands, as we read it.
create table bulk_reading (
    connection text not null constraint bulk_reading_once primary key,
    asked text not null, -- whose export: another one begins anew
    since text, -- transactionTime of the last export that was read whole, as the server said it
    job text, -- address of the export under way; null when there is none
    begun_at integer, -- when it was asked for
    look_at integer, -- no look there before that time
    is_whole integer not null, -- it holds everything, and not only what changed
    outcome text, -- JSON: what reading its files came to; null before
    after_agency text not null, -- this and the next: how far its people are merged
    after_person text not null
);

-- What its files hold of our people, until it is merged.
create table bulk_resource (
    bulk_resource_key integer primary key,
    connection text not null,
    agency text not null,
    person_id text not null,
    kind text not null,
    remote_id text not null,
    content text -- as read; null: said to be deleted
);
create index bulk_resource_by_person on bulk_resource (connection, agency, person_id);

-- Whom to read again soonest, since something may have changed there.
create table reread (
    connection text not null,
    agency text not null,
    person_id text not null,
    asked integer not null, -- how often, so that what is asked meanwhile is not forgotten
    constraint reread_once primary key (connection, agency, person_id)
) without rowid;

-- Whose resource a server's id names.
create index link_by_remote on link (connection, kind, remote_id);
