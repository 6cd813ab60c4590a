-- The breaker of one model: closed -> open -> half_open (exactly one probe) -> closed, or open for longer.
-- `generation` changes at every opening and closing; outcomes of calls granted in another generation no longer say anything.

local function breaker_turn(model, now, state, reason)
    model.state, model.reason, model.since, model.probe, model.probe_until = state, reason, now, '', 0
    model.generation = model.generation + 1
    model.dirty = true
end

local function breaker_open(model, now, reason)
    breaker_turn(model, now, 'open', reason)
    model.open_until = now + math.min(OPEN_FIRST_MS * 2 ^ model.opens, OPEN_CAP_MS)
    model.opens = model.opens + 1
end

local function breaker_close(model, now)
    breaker_turn(model, now, 'closed', '')
    model.open_until, model.opens = 0, 0
end

-- Whether a call may go as far as the breaker is concerned; if not, when to ask again and why.
local function breaker_refuses(model, now)
    if model.state == 'open' and now < model.open_until then
        return model.open_until, 'circuit open: ' .. model.reason
    end
    if model.state == 'half_open' and now < model.probe_until then
        -- A call that waits for the probe waits as long again as it has taken so far.
        local again = now + math.max(1000, now - model.since)
        return math.min(again, model.probe_until), 'circuit half open, one probe under way: ' .. model.reason
    end
    return nil
end

local function breaker_probe(model, now, id, lease)
    model.state, model.since, model.probe, model.probe_until = 'half_open', now, id, now + lease
    model.dirty = true
end

local function breaker_settle(model, now, id, generation, verdict, why)
    if model.state == 'half_open' and id == model.probe then
        if verdict == 'failed' then
            breaker_open(model, now, why)
        elseif verdict == 'answered' or verdict == 'limited' then
            breaker_close(model, now)
        else
            -- The probe shows nothing of the model: the next call may be one.
            model.state, model.probe, model.probe_until, model.open_until, model.dirty = 'open', '', 0, now, true
        end
    elseif model.state == 'closed' and generation == model.generation then
        if verdict == 'failed' then
            model.failed = model.failed + 1
        elseif verdict == 'answered' then
            model.answered = model.answered + 1
        end
    end
end

local function breaker_slice(model, number)
    return PREFIX .. 'calls:' .. model.key .. ':' .. model.generation .. ':' .. number
end

-- Calls and failures of this generation within the breaker's window.
local function breaker_rate(model, now)
    local number = math.floor(now / BREAKER_SLICE_MS)
    local calls, failed = 0, 0
    for back = 0, BREAKER_SLICES - 1 do
        local kept = redis.call('HMGET', breaker_slice(model, number - back), 'answered', 'failed')
        failed = failed + (tonumber(kept[2]) or 0)
        calls = calls + (tonumber(kept[1]) or 0) + (tonumber(kept[2]) or 0)
    end
    return calls, failed
end

-- Counts what was settled and opens the breaker where too much of it failed.
local function breaker_count(model, now, why)
    if model.answered + model.failed == 0 then
        return
    end
    local name = breaker_slice(model, math.floor(now / BREAKER_SLICE_MS))
    if model.answered > 0 then
        redis.call('HINCRBY', name, 'answered', model.answered)
    end
    if model.failed > 0 then
        redis.call('HINCRBY', name, 'failed', model.failed)
    end
    redis.call('PEXPIRE', name, BREAKER_SLICE_MS * (BREAKER_SLICES + 1))
    if model.failed > 0 then
        local calls, failed = breaker_rate(model, now)
        if calls >= BREAKER_CALLS and failed >= calls * BREAKER_SHARE then
            breaker_open(model, now, failed .. ' of ' .. calls .. ' calls failed, last: ' .. why)
        end
    end
end
