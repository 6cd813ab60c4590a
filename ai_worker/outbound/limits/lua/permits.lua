-- One batch of one process: settles what has ended, then grants or refuses what is asked for. Atomic, as every script is.
--
-- ARGV[1], JSON: known (the epoch that this process knows, or ''), run (the server's run id after a NOSCRIPT, else ''), nonce,
--   shut: {hold, milliseconds, reason, kind, id of the call whose answer it was}..., reopen: {key of a model}...,
--   models: key, limits {requests, tokens, calls, lease, holds}, why (of the last failure),
--     done: {id, generation, granted, tokens reserved, tokens used or -1, verdict}..., wants: {id, tokens, whether it was refused before and has waited}...
-- Answer: epoch, now, then for each model a list that answers its wants in order:
--   {1, generation, whether it is the probe, whether calls in flight are scarce} or {0, milliseconds to wait, reason,
--   whether a limit (and no fault) is the reason, whether a fault of the deployment closes the model}.

local input = cjson.decode(ARGV[1])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

-- The epoch distinguishes lost memory from a first start: a process that knows another epoch than the one kept, or meets the kept one in a server
-- that was started since, has seen Redis lose grants. Answers the epoch and when that was, at the latest (0: never).
local function remember()
    local name = PREFIX .. 'epoch'
    local kept = redis.call('HMGET', name, 'id', 'run', 'created', 'lost')
    local id, run, created, lost = kept[1], kept[2], tonumber(kept[3]), tonumber(kept[4])
    if not id or (input.run ~= '' and input.run ~= run) then
        lost = (id or input.known ~= '') and now or 0
        id = input.nonce
        redis.call('HSET', name, 'id', id, 'run', input.run, 'created', now, 'lost', lost)
    elseif input.known ~= '' and input.known ~= id and lost == 0 then
        lost = created
        redis.call('HSET', name, 'lost', lost)
    end
    redis.call('PEXPIRE', name, EPOCH_KEEP_MS)
    return id, lost
end

-- Frees the slot and corrects what was reserved. Only a lease that is still there counts, so that a settlement may arrive twice.
local function release(admission, id, granted, reserved, used, verdict)
    local model, names = admission.model, admission.names
    if redis.call('ZREM', names.calls, id) == 0 then
        return
    end
    admission.calls = admission.calls - 1
    if verdict == 'unsent' then
        window_give_back(admission.requests, granted, 1)
        window_give_back(admission.tokens, granted, reserved)
        return
    end
    model.took = model.took + (now - granted - model.took) * 0.1
    model.dirty = true
    if used > reserved then
        window_add(admission.tokens, now, used - reserved)
    elseif used >= 0 then
        window_give_back(admission.tokens, granted, reserved - used)
    end
end

local function settle(admission, entry)
    for _, done in ipairs(entry.done) do
        local id, generation, granted, reserved, used, verdict = unpack(done)
        breaker_settle(admission.model, now, id, generation, verdict, entry.why)
        holds_settle(admission.holds, now, id, verdict)
        if admission.limited then
            release(admission, id, granted, reserved, used, verdict)
        end
    end
    breaker_count(admission.model, now, entry.why)
end

-- The k-th call refused in a row waits for the k-th place, at the rate at which places return.
local function promise(admission, at, tokens)
    local model = admission.model
    local place = math.max(model.tail, at)
    if place > at + SPREAD_MS then
        place = at
    end
    model.tail = place + admission_step(admission, tokens)
    model.dirty = true
    return place
end

local function refuse(admission, tokens, waited, at, reason, by_limit, of_tokens)
    local model = admission.model
    -- A call that has waited for a place and was too late is not sent to the end of the queue.
    local place = waited and at or promise(admission, at, tokens)
    local _, _, closed = holds_refuse(admission.holds, now)
    if of_tokens and (now >= model.kept_until or tokens > model.kept) then
        model.kept, model.kept_until = tokens, place + KEPT_SPARE_MS
    end
    return { 0, math.max(0, math.ceil(place - now)), reason, by_limit and 1 or 0, closed and 1 or 0 }
end

local function grant(admission, id, tokens)
    local model, lease = admission.model, admission.limits.lease
    local probe = model.state ~= 'closed'
    if probe then
        breaker_probe(model, now, id, lease)
    end
    holds_probe(admission.holds, now, id, lease)
    if tokens >= model.kept and model.kept > 0 then
        model.kept, model.dirty = 0, true
    end
    if admission.limited then
        window_add(admission.requests, now, 1)
        window_add(admission.tokens, now, tokens)
        redis.call('ZADD', admission.names.calls, now + lease, id)
        redis.call('PEXPIRE', admission.names.calls, lease + KEEP_MS)
        admission.calls = admission.calls + 1
    end
    local scarce = admission.limits.calls >= 0 and admission.calls * 2 > admission.limits.calls
    return { 1, model.generation, probe and 1 or 0, scarce and 1 or 0 }
end

local function work(entry, lost)
    local model = model_load(entry.key)
    local limits = entry.limits
    local admission = admission_load(model, limits, now, lost)
    model_limits(model, limits)
    settle(admission, entry)
    local answers = {}
    for index, want in ipairs(entry.wants) do
        local id, tokens, waited = unpack(want)
        local at, reason, by_limit, of_tokens = admission_refuses(admission, tokens)
        answers[index] = at and refuse(admission, tokens, waited, at, reason, by_limit, of_tokens) or grant(admission, id, tokens)
    end
    if admission.limited then
        window_save(admission.requests)
        window_save(admission.tokens)
    end
    model_save(model)
    redis.call('ZADD', PREFIX .. 'models', now, entry.key)
    return answers
end

-- Takes away the holds that a model was last asked under, and its closings under any API key, and closes its breaker, for any process.
local function reopen(key)
    local model = model_load(key)
    for _, name in ipairs(model_known_limits(model).holds) do
        redis.call('DEL', PREFIX .. 'hold:' .. name)
    end
    for _, name in ipairs(redis.call('SMEMBERS', PREFIX .. 'closings:' .. key)) do
        redis.call('DEL', name)
    end
    redis.call('DEL', PREFIX .. 'closings:' .. key)
    if model.state ~= 'closed' then
        breaker_close(model, now)
        model_save(model)
    end
end

for _, shut in ipairs(input.shut) do
    hold_shut(now, unpack(shut))
end
for _, key in ipairs(input.reopen) do
    reopen(key)
end
local epoch, lost = remember()
local answer = { epoch, now }
for _, entry in ipairs(input.models) do
    answer[#answer + 1] = work(entry, lost)
end
redis.call('PEXPIRE', PREFIX .. 'models', EPOCH_KEEP_MS)
return answer
