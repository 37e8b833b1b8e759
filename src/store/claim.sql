set was_unknown = case when state = 'ready' then 0 else 1 end,
    state = 'in_flight', lane = 0, attempts = attempts + 1, token = token + 1, lease_until = $4, updated_at = $2
