-- When a version was kept: never before an earlier one, whereas `received_at` may lie long before that. What its resources became,
-- they became then.
alter table plan_version add column kept_at integer;
update plan_version set kept_at = received_at;
drop index plan_version_by_time;
create index plan_version_by_keeping on plan_version (kept_at, plan_version_key) where resources is not null;

-- Its type, by which resources are counted. Older rows have none until the program has read it from their content.
alter table resource add column kind text;
create index resource_of_no_kind on resource (plan_version_key) where kind is null;
