-- What a resource was before: a version whose place a later one took, or that it was taken out. Nothing is written for a
-- resource that is new; its present version is in `resource`.
create table resource_before (
    resource_id blob not null,
    version integer not null,
    gone integer not null, -- 1: after this version the plan no longer had it
    plan_version_key integer not null -- holds its content or, where gone, dropped it
        constraint resource_before_plan_version references plan_version (plan_version_key),
    updated_at integer not null,
    constraint resource_before_once primary key (resource_id, version, gone)
) without rowid;
create index resource_before_dropped on resource_before (plan_version_key) where gone = 1;
