-- The admission of a call to a model now, else the time and the reason: cooldown, breaker, lost memory, calls in flight, requests, tokens.

local LIMITS_SPAN_MS = (SPAN + 1) * SLICE_MS

-- limits: requests, tokens, calls (-1: none), lease (milliseconds that a call's slot is held at most), holds (names, see hold.lua).
local function admission_load(model, limits, now, lost)
    local admission = { model = model, limits = limits, now = now, limited = limits.requests >= 0 or limits.tokens >= 0 or limits.calls >= 0 }
    admission.holds = holds_load(limits.holds)
    admission.names = { requests = PREFIX .. 'requests:' .. model.key, tokens = PREFIX .. 'tokens:' .. model.key, calls = PREFIX .. 'flight:' .. model.key }
    if admission.limited then
        admission.requests, admission.tokens = window_load(admission.names.requests, now), window_load(admission.names.tokens, now)
        redis.call('ZREMRANGEBYSCORE', admission.names.calls, '-inf', now)
        admission.calls = redis.call('ZCARD', admission.names.calls)
        if lost > 0 then
            -- What was granted before Redis lost its memory still counts at the model until this time.
            local windowed = limits.requests >= 0 or limits.tokens >= 0
            admission.remembers_at = lost + math.max(windowed and LIMITS_SPAN_MS or 0, limits.calls >= 0 and limits.lease or 0)
        end
    end
    return admission
end

-- What the calls of this minute count on the average: what they were reserved at while they are under way, what they took afterwards.
local function admission_mean_tokens(admission)
    return admission.tokens.used > 0 and admission.tokens.used / math.max(1, admission.requests.used) or FIRST_TOKENS
end

-- Milliseconds between two places for calls of this number of tokens: the rate at which refused calls come again.
local function admission_step(admission, tokens)
    local limits, step = admission.limits, 1
    if limits.requests > 0 then
        step = math.max(step, LIMITS_SPAN_MS / limits.requests)
    end
    if limits.tokens > 0 then
        -- Reservations are high estimates. Capacity returns at the rate of what calls really take.
        step = math.max(step, LIMITS_SPAN_MS * math.min(tokens, admission_mean_tokens(admission)) / limits.tokens)
    end
    if limits.calls > 0 then
        step = math.max(step, admission.model.took / limits.calls)
    end
    return step
end

-- Tokens that a call of this size may use: smaller calls leave what a larger one, refused before them, needs when it comes again.
local function admission_tokens_free(admission, tokens)
    local model = admission.model
    local kept = (admission.now < model.kept_until and tokens < model.kept) and model.kept or 0
    return admission.limits.tokens - admission.tokens.used - kept
end

local function admission_limit_refuses(admission, tokens)
    local limits, now, key = admission.limits, admission.now, admission.model.key
    if limits.calls >= 0 and admission.calls >= limits.calls then
        return now + math.max(REFUSED_STEP_MS, admission.model.took / math.max(1, limits.calls)), key .. ': limit of ' .. limits.calls .. ' calls in flight reached'
    end
    if limits.requests >= 0 and admission.requests.used >= limits.requests then
        return window_frees_at(admission.requests, admission.requests.used + 1 - limits.requests, now),
            key .. ': limit of ' .. limits.requests .. ' requests per minute reached'
    end
    if limits.tokens >= 0 and tokens > admission_tokens_free(admission, tokens) then
        return window_frees_at(admission.tokens, tokens - (limits.tokens - admission.tokens.used), now),
            key .. ': limit of ' .. limits.tokens .. ' tokens per minute reached', true
    end
    return nil
end

-- nil when a call may go; else when to ask again, why, whether a limit (and no fault) is the reason, whether it is the tokens'.
local function admission_refuses(admission, tokens)
    local at, reason = holds_refuse(admission.holds, admission.now)
    if at then
        return at, admission.model.key .. ': ' .. reason, false
    end
    at, reason = breaker_refuses(admission.model, admission.now)
    if at then
        return at, admission.model.key .. ': ' .. reason, false
    end
    if admission.limited then
        if admission.remembers_at and admission.now < admission.remembers_at then
            return admission.remembers_at, admission.model.key .. ': Redis lost what was granted before, waiting until it no longer counts', false
        end
        local of_tokens
        at, reason, of_tokens = admission_limit_refuses(admission, tokens)
        return at, reason, true, of_tokens
    end
    return nil
end
