-- The version that a resource has at a connection, as its server told it (ETag) when we last wrote or read it: it is written to
-- only while it stands there so. Null where it is not known.
alter table link add column tag text;
