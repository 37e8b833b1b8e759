-- Accepted plan versions, a hundred in a row as they were kept, and what their resources say as marks (numbers): a search that names
-- nobody passes over those that cannot be wanted. Made beside the keeping, once nothing can come between; never changed.
create table search_block (
    first_at integer not null, -- its first plan version, in the order of keeping
    first_key integer not null,
    last_at integer not null, -- its last one
    last_key integer not null,
    marks blob not null, -- 4 bytes each, ascending
    members blob not null, -- each plan version with the places of its marks among these, packed
    constraint search_block_once primary key (last_at, last_key)
);

-- How many resources the plan versions in blocks left there.
create table search_tally (
    kind text not null,
    mark integer not null, -- of those that have it; -1: of all
    agency text not null,
    many integer not null,
    constraint search_tally_once primary key (kind, mark, agency)
) without rowid;
