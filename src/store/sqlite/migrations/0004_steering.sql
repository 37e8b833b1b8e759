-- Connections whose deliveries wait until somebody lets them go on.
create table pause (
    connection text not null constraint pause_once primary key,
    paused_at integer not null
);

-- What waits for a person is rare among all that arrived.
create index delivery_waits_for_a_person on delivery (state, delivery_key) where state in ('blocked', 'dead');
