-- A file that says it holds everyone of some days (FILE-003, FILE-005).
create table filing (
    filing_key integer primary key,
    agency text not null,
    mapping text not null,
    first_day text not null, -- such as 2026-07-01
    last_day text not null,
    sha256 text not null,
    people integer not null,
    opened_at integer not null,
    closed_at integer, -- null while its records are being kept
    constraint filing_once unique (agency, mapping, first_day, last_day, sha256)
);
-- What is being received is rare among all that was.
create index filing_open on filing (agency, mapping) where closed_at is null;
