-- What may be asked and what not: for scanners, status, API and metrics. Grants nothing.
--
-- ARGV[1], JSON: keys (none: every model asked for within KEEP_MS), the limits of each (none: those it was last asked under),
--   ahead (milliseconds). A key may be there twice, under other holds: one model, asked with two API keys.
-- Answer, JSON: one object for each key.

local input = cjson.decode(ARGV[1])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local keys = input.keys
if #keys == 0 then
    redis.call('ZREMRANGEBYSCORE', PREFIX .. 'models', '-inf', now - KEEP_MS)
    keys = redis.call('ZRANGE', PREFIX .. 'models', 0, -1)
end

-- How many calls may start within the time ahead; -1: no limit. Of calls in flight, as many again as may wait for a place, see wait_queue.py.
local function capacity(admission, at, by_limit)
    if at and not by_limit and (at > now + input.ahead or admission.model.state == 'half_open') then
        return 0
    end
    local _, _, _, first = holds_refuse(admission.holds, now)
    if admission.model.state ~= 'closed' or at and not by_limit or first then
        -- The call that goes first after an opening, a cooldown or a closing.
        return 1
    end
    if not admission.limited then
        return -1
    end
    local limits, later, capacity = admission.limits, now + input.ahead, math.huge
    if limits.requests >= 0 then
        capacity = math.min(capacity, limits.requests - admission.requests.used + window_freed_until(admission.requests, later))
    end
    if limits.tokens >= 0 then
        local free = limits.tokens - admission.tokens.used + window_freed_until(admission.tokens, later)
        capacity = math.min(capacity, free / admission_mean_tokens(admission))
    end
    if limits.calls >= 0 then
        local waiting = input.ahead > 0 and math.max(SHORTEST_QUEUE, math.floor(limits.calls / CAPACITY_FOR_EACH_WAITING)) or 0
        capacity = math.min(capacity, limits.calls - admission.calls + waiting)
    end
    return capacity == math.huge and -1 or math.max(0, math.floor(capacity))
end

-- The holds to show: of a model that is named by its key alone, also the closings under the API keys that it was asked with before.
local function shown_holds(admission, key, known)
    if known then
        return admission.holds
    end
    local found = {}
    for _, hold in ipairs(admission.holds) do
        found[#found + 1] = hold
    end
    for _, name in ipairs(redis.call('SMEMBERS', PREFIX .. 'closings:' .. key)) do
        local kept = redis.call('GET', name)
        if kept then
            found[#found + 1] = hold_load(kept, name)
        end
    end
    return found
end

local lost = tonumber(redis.call('HGET', PREFIX .. 'epoch', 'lost')) or 0
local answer = {}
for index, key in ipairs(keys) do
    local model = model_load(key)
    local admission = admission_load(model, input.limits[index] or model_known_limits(model), now, lost)
    local at, reason, by_limit = admission_refuses(admission, 1)
    local shut_until, shut_reason, closed_here = holds_refuse(shown_holds(admission, key, input.limits[index]), now)
    answer[index] = {
        key = key,
        wait = at and math.max(0, at - now) or 0,
        reason = at and reason or '',
        closed = at ~= nil,
        capacity = capacity(admission, at, by_limit),
        breaker = model.state,
        breaker_reason = model.reason,
        breaker_since = model.since,
        open_for = model.state == 'open' and math.max(0, model.open_until - now) or 0,
        cooling_for = shut_until and math.max(0, shut_until - now) or 0,
        cooling_reason = shut_reason,
        shut = closed_here,
        limits = admission.limits,
        requests = admission.limited and admission.requests.used or 0,
        tokens = admission.limited and admission.tokens.used or 0,
        calls = admission.limited and admission.calls or 0,
    }
end
return #answer == 0 and '[]' or cjson.encode(answer)
