-- Which plan versions could be seen at a moment: all up to a number, since none was being written. Never removed: the `_since` of
-- any later export may name it.
create table snapshot (
    taken_at integer not null constraint snapshot_once primary key, -- whole milliseconds, since many clients keep no more
    plan_version_key integer not null
);

-- A bulk export: what was asked for, and how much of it stands in its files.
create table export (
    export_key integer primary key,
    export_id text not null constraint export_id_once unique,
    agency text, -- null: of every agency
    asked text not null, -- JSON: types, people by the ids of their resources, address of the request
    state text not null constraint export_state_known check (state in ('open', 'done', 'failed')),
    taken_at integer not null, -- its snapshot
    after_key integer not null, -- plan versions after this one,
    up_to integer not null, -- up to this one,
    received_from integer not null, -- and received from here on
    written integer not null, -- those up to this one are in the files
    files text not null, -- JSON: name, type, bytes and lines of each
    token integer not null default 0, -- fencing: raised by every claim, asked for by every step
    lease_until integer, -- while it is being written
    expires_at integer not null
);
create index export_open on export (export_key) where state = 'open';
create index export_expiry on export (expires_at);
