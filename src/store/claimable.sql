from delivery d
where d.connection = $1 and d.state in ('ready', 'in_flight', 'unknown') and d.lane <= $5
    -- one in flight was due when it was claimed, so that the index alone passes over what is not due yet
    and d.not_before <= $2 and (d.state <> 'in_flight' or d.lease_until <= $2)
    -- a merge that is about the person waits for somebody to confirm it
    and not exists (select 1 from person_hold h where h.agency = d.agency and h.person_id = d.person_id)
    -- the person's first, and nothing of theirs in flight
    and not exists (
        select 1 from delivery o
        where o.connection = d.connection and o.agency = d.agency and o.person_id = d.person_id
            and o.state in ('ready', 'in_flight', 'unknown') and o.delivery_key <> d.delivery_key
            and (o.lane < d.lane or (o.lane = d.lane and o.delivery_key < d.delivery_key)
                or (o.state = 'in_flight' and o.lease_until > $2))
    )
    -- nor after an older version of the plan, should it have gone from one person to another
    and not exists (
        select 1 from delivery o
        where o.plan_key = d.plan_key and o.connection = d.connection and o.version < d.version
            and o.state in ('ready', 'in_flight', 'unknown')
    )
