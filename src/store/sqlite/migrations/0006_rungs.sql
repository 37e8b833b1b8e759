-- Rungs of the write ladder that the server of a connection turned away.
create table rung_refused (
    connection text not null,
    rung text not null constraint rung_refused_known check (rung in ('A', 'B', 'C', 'D')),
    status integer not null, -- HTTP status of the answer that showed it
    refused_at integer not null,
    constraint rung_refused_once primary key (connection, rung)
);

-- The rung on which a delivery was last tried; none stands for A.
alter table delivery add column rung text;
