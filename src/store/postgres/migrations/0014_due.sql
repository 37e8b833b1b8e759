-- With the moment in the index a claim passes over what is not due yet without looking at the rows.
drop index delivery_open;
create index delivery_open on delivery (connection, lane, delivery_key, not_before)
    where state in ('ready', 'in_flight', 'unknown');

-- The person leads: what was read of everyone else at the connection is not walked along.
drop index seen_by_person;
create index seen_of_person on seen (agency, person_id);
