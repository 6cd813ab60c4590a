-- Whether a model may be asked now, and if not, when and why: cooldown, breaker, lost memory, calls in flight, requests, tokens.

local LIMITS_SPAN_MS = (SPAN + 1) * SLICE_MS

-- The longest cooldown of a model or its server: when it ends (0: none) and why.
local function cooldown_of(key, server, now)
    local ends, reason = 0, ''
    for _, kept in ipairs(redis.call('MGET', PREFIX .. 'cool:' .. key, PREFIX .. 'cool:' .. server)) do
        if kept then
            local time, text = kept:match('^(%d+) (.*)$')
            if tonumber(time) > math.max(now, ends) then
                ends, reason = tonumber(time), text
            end
        end
    end
    return ends, reason
end

-- limits: requests, tokens, calls (-1: none), lease (milliseconds that a call's slot is held at most), server (see model.py).
local function admission_load(model, limits, now, lost)
    local gate = { model = model, limits = limits, now = now, limited = limits.requests >= 0 or limits.tokens >= 0 or limits.calls >= 0 }
    gate.cooling_until, gate.cooling = cooldown_of(model.key, limits.server, now)
    gate.names = { requests = PREFIX .. 'requests:' .. model.key, tokens = PREFIX .. 'tokens:' .. model.key, calls = PREFIX .. 'flight:' .. model.key }
    if gate.limited then
        gate.requests, gate.tokens = window_load(gate.names.requests, now), window_load(gate.names.tokens, now)
        redis.call('ZREMRANGEBYSCORE', gate.names.calls, '-inf', now)
        gate.calls = redis.call('ZCARD', gate.names.calls)
        if lost > 0 then
            -- What was granted before Redis lost its memory still counts at the model until this time.
            gate.remembers_at = lost + math.max(LIMITS_SPAN_MS, limits.calls >= 0 and limits.lease or 0)
        end
    end
    return gate
end

-- What the calls of this minute count on the average: what they were reserved at while they are under way, what they took afterwards.
local function admission_mean_tokens(gate)
    return gate.tokens.used > 0 and gate.tokens.used / math.max(1, gate.requests.used) or FIRST_TOKENS
end

-- Milliseconds between two places for calls of so many tokens: at this rate refused calls are told to come again.
local function admission_step(gate, tokens)
    local limits, step = gate.limits, 1
    if limits.requests > 0 then
        step = math.max(step, LIMITS_SPAN_MS / limits.requests)
    end
    if limits.tokens > 0 then
        -- Reservations are high estimates. Places come about at the rate of what calls really take.
        step = math.max(step, LIMITS_SPAN_MS * math.min(tokens, admission_mean_tokens(gate)) / limits.tokens)
    end
    if limits.calls > 0 then
        step = math.max(step, gate.model.took / limits.calls)
    end
    return step
end

-- Tokens that a call of this size may use: smaller calls leave what a larger one, refused before them, needs when it comes again.
local function admission_tokens_free(gate, tokens)
    local model = gate.model
    local kept = (gate.now < model.kept_until and tokens < model.kept) and model.kept or 0
    return gate.limits.tokens - gate.tokens.used - kept
end

local function admission_limit_refuses(gate, tokens)
    local limits, now, key = gate.limits, gate.now, gate.model.key
    if limits.calls >= 0 and gate.calls >= limits.calls then
        return now + math.max(REFUSED_STEP_MS, gate.model.took / math.max(1, limits.calls)), key .. ': limit of ' .. limits.calls .. ' calls in flight reached'
    end
    if limits.requests >= 0 and gate.requests.used >= limits.requests then
        return window_frees_at(gate.requests, gate.requests.used + 1 - limits.requests, now),
            key .. ': limit of ' .. limits.requests .. ' requests per minute reached'
    end
    if limits.tokens >= 0 and tokens > admission_tokens_free(gate, tokens) then
        return window_frees_at(gate.tokens, tokens - (limits.tokens - gate.tokens.used), now),
            key .. ': limit of ' .. limits.tokens .. ' tokens per minute reached', true
    end
    return nil
end

-- nil when a call may go; else when to ask again, why, whether a limit (and no fault) is the reason, whether it is the tokens'.
local function admission_refuses(gate, tokens)
    if gate.cooling_until > gate.now then
        return gate.cooling_until, gate.model.key .. ': cooling down: ' .. gate.cooling, false
    end
    local at, reason = breaker_refuses(gate.model, gate.now)
    if at then
        return at, gate.model.key .. ': ' .. reason, false
    end
    if gate.limited then
        if gate.remembers_at and gate.now < gate.remembers_at then
            return gate.remembers_at, gate.model.key .. ': Redis lost what was granted before, waiting until it no longer counts', false
        end
        local of_tokens
        at, reason, of_tokens = admission_limit_refuses(gate, tokens)
        return at, reason, true, of_tokens
    end
    return nil
end
