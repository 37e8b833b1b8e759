-- The retry policy of the day on which a delivery was entered; null: as its connection says now.
alter table delivery add column most_attempts bigint;
alter table delivery add column first_wait_ms bigint;
alter table delivery add column longest_wait_ms bigint;

-- 1: entered by a backfill.
alter table delivery add column backfill bigint not null default 0;
-- Which goes first: 0 before 1. What a backfill entered stands in 1, and in 0 from its claim until it is known how that ended.
alter table delivery add column lane bigint not null default 0;

drop index delivery_open;
create index delivery_open on delivery (connection, lane, delivery_key) where state in ('ready', 'in_flight', 'unknown');
-- When there is something to do again, without walking what waits.
create index delivery_due on delivery (connection, not_before) where state in ('ready', 'unknown');
create index delivery_leased on delivery (connection, lease_until) where state = 'in_flight';
create index delivery_of_backfill on delivery (connection, state) where backfill = 1;

-- How far the plans were walked for a connection, and since when its backfill waits.
create table backfill (
    connection text not null constraint backfill_once primary key,
    after_key bigint not null,
    paused_at bigint
);
