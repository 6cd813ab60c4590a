-- What is kept about one model beside its windows: its breaker, the limits it was last asked under, the queue of the refused.

local MODEL_NUMBERS = { 'generation', 'open_until', 'since', 'opens', 'probe_until', 'tail', 'took', 'kept', 'kept_until' }
local MODEL_TEXTS = { 'state', 'probe', 'reason', 'limits', 'holds' }
local MODEL_FIELDS = {}
for _, fields in ipairs({ MODEL_NUMBERS, MODEL_TEXTS }) do
    for _, field in ipairs(fields) do
        MODEL_FIELDS[#MODEL_FIELDS + 1] = field
    end
end
local NO_LIMITS = '-1 -1 -1 0'

-- tail: until when places are promised to calls refused before. took: milliseconds that a call takes, smoothed.
-- kept, kept_until: tokens that smaller calls leave free for a larger one, and how long.
local function model_load(key)
    local model = { name = PREFIX .. 'model:' .. key, key = key, dirty = false, answered = 0, failed = 0 }
    local kept = redis.call('HMGET', model.name, unpack(MODEL_FIELDS))
    for index, field in ipairs(MODEL_FIELDS) do
        if index <= #MODEL_NUMBERS then
            model[field] = tonumber(kept[index]) or 0
        else
            model[field] = kept[index] or ''
        end
    end
    if model.limits == '' then
        model.state, model.took, model.limits = 'closed', FIRST_TOOK_MS, NO_LIMITS
    end
    return model
end

-- Keeps the limits that the model was asked under, and its holds, for those who only know its key.
local function model_limits(model, limits)
    local text = string.format('%d %d %d %d', limits.requests, limits.tokens, limits.calls, limits.lease)
    if text ~= model.limits then
        model.limits, model.dirty = text, true
    end
    local holds = table.concat(limits.holds, '\n')
    if holds ~= model.holds then
        model.holds, model.dirty = holds, true
    end
end

local function model_known_limits(model)
    local requests, tokens, calls, lease = model.limits:match('^(%S+) (%S+) (%S+) (%S+)$')
    local holds = {}
    for name in model.holds:gmatch('[^\n]+') do
        holds[#holds + 1] = name
    end
    if #holds == 0 then
        holds[1] = model.key
    end
    return { requests = tonumber(requests), tokens = tonumber(tokens), calls = tonumber(calls), lease = tonumber(lease), holds = holds }
end

local function model_save(model)
    if model.dirty then
        local fields = {}
        for index, field in ipairs(MODEL_FIELDS) do
            fields[#fields + 1] = field
            fields[#fields + 1] = index <= #MODEL_NUMBERS and math.floor(model[field]) or model[field]
        end
        redis.call('HSET', model.name, unpack(fields))
    end
    redis.call('PEXPIRE', model.name, KEEP_MS)
end
