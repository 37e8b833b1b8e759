-- A person's plans. A plan that was never accepted has nothing to find, so that making one costs no entry here.
create index plan_by_person on plan (agency, person_id) where accepted is not null;

-- Accepted versions in the order in which they came: one entry a version, always at the end.
create index plan_version_by_time on plan_version (received_at, plan_version_key) where resources is not null;
