-- Two ids of an agency that are one person, as somebody told it. A row stays for good, and nothing else of either person is
-- changed by it, so that taking it back brings back what was.
create table person_merge (
    person_merge_key integer primary key,
    merge_id text not null constraint person_merge_id_once unique,
    agency text not null,
    person_id text not null, -- the id that was given up
    survivor_id text not null, -- the id that stays
    person_ref blob not null, -- 16 bytes: the id of its Patient here
    survivor_ref blob not null,
    stands integer not null, -- 0: taken back
    waits integer not null, -- 1: nothing is sent for these people before a named person confirms it
    constraint person_merge_of_two check (person_id <> survivor_id)
);
create unique index person_merge_standing on person_merge (agency, person_id) where stands = 1;
create index person_merge_by_person on person_merge (agency, person_id);
create index person_merge_by_survivor on person_merge (agency, survivor_id);
create index person_merge_by_person_ref on person_merge (person_ref);
create index person_merge_by_survivor_ref on person_merge (survivor_ref);

-- What became of a merge: who said so, when, and why. Never changed.
create table person_act (
    person_act_key integer primary key,
    person_merge_key integer not null constraint person_act_merge references person_merge (person_merge_key),
    act text not null constraint person_act_known check (act in ('told', 'confirmed', 'disputed', 'undone')),
    told_at integer not null,
    told_by text not null,
    why text not null,
    way text not null constraint person_act_way_known check (way in ('cli', 'api', 'fhir'))
);
create index person_act_by_merge on person_act (person_merge_key);

-- Everyone whom a merge that waits is about, also by others: their deliveries are blocked.
create table person_hold (
    agency text not null,
    person_id text not null,
    constraint person_hold_once primary key (agency, person_id)
);

-- While its person is held: the state to which a delivery goes back.
alter table delivery add column held text;
create index delivery_held on delivery (agency, person_id) where held is not null;
