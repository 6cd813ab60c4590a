-- Holds: pauses that a provider's answer orders, for one model or for every model of an account. A cooldown that it asked for, or a
-- closing because the deployment is at fault (a wrong key, an unknown model). When a hold's time has passed, one call goes
-- first; its answer lifts the hold, or extends it.
--
-- A hold is a text: ends, refusals, probe_until, kind, probe ('-': none), reason.

local function hold_load(kept, name)
    if not kept then
        return { name = name, ends = 0, refusals = 0, probe_until = 0, kind = '', probe = '-', reason = '', there = false }
    end
    local ends, refusals, probe_until, kind, probe, reason = kept:match('^(%d+) (%d+) (%d+) (%S+) (%S+) (.*)$')
    return {
        name = name, ends = tonumber(ends), refusals = tonumber(refusals), probe_until = tonumber(probe_until),
        kind = kind, probe = probe, reason = reason, there = true,
    }
end

local function holds_load(names)
    local found, full = {}, {}
    for index, name in ipairs(names) do
        full[index] = PREFIX .. 'hold:' .. name
    end
    for index, kept in ipairs(redis.call('MGET', unpack(full))) do
        if kept then
            found[#found + 1] = hold_load(kept, full[index])
        end
    end
    return found
end

local function hold_save(hold, now)
    local text = string.format('%.0f %d %.0f %s %s %s', hold.ends, hold.refusals, hold.probe_until, hold.kind, hold.probe, hold.reason)
    redis.call('SET', hold.name, text, 'PX', math.max(0, math.floor(hold.ends - now)) + KEEP_MS)
end

-- by: the call whose answer placed it. While the hold lasts, or one call goes first, answers to older questions are no news:
-- they neither count as a refusal nor make the hold's time longer than what they asked for.
local function hold_shut(now, name, milliseconds, reason, kind, by)
    local key = kind == 'closed' and name:match('^(.*)~')
    name = PREFIX .. 'hold:' .. name
    if key then
        -- One model may be closed under several names: as it is asked with each API key.
        redis.call('SADD', PREFIX .. 'closings:' .. key, name)
        redis.call('PEXPIRE', PREFIX .. 'closings:' .. key, CLOSED_CAP_MS + KEEP_MS)
    end
    local hold = hold_load(redis.call('GET', name), name)
    local news = not hold.there or by == hold.probe
    if news then
        hold.refusals = math.min(hold.refusals + 1, 30)
        hold.probe, hold.probe_until = '-', 0
    end
    local first, cap = COOL_FLOOR_MS, COOL_FLOOR_CAP_MS
    if kind == 'closed' then
        first, cap = CLOSED_FIRST_MS, CLOSED_CAP_MS
    end
    local least = news and math.min(first * 2 ^ (hold.refusals - 1), cap) or 0
    local ends = now + math.max(milliseconds, least)
    if ends > hold.ends then
        hold.ends, hold.reason, hold.kind = ends, reason, kind
    end
    hold_save(hold, now)
end

-- The hold that holds a call longest: when to ask again, why, and whether it is closed; then whether one call would go first.
local function holds_refuse(holds, now)
    local at, worded, closed, first = nil, '', false, false
    for _, hold in ipairs(holds) do
        local ends, word = nil, hold.kind == 'closed' and 'closed: ' or 'cooling down: '
        if hold.ends > now then
            ends = hold.ends
        elseif hold.probe ~= '-' and hold.probe_until > now then
            ends, word = math.min(now + COOL_FLOOR_MS, hold.probe_until), 'one call goes first after it was ' .. word
        else
            first = true
        end
        if ends and ends > (at or 0) then
            at, worded, closed = ends, word .. hold.reason, hold.kind == 'closed'
        end
    end
    return at, worded, closed, first
end

local function holds_probe(holds, now, id, lease)
    for _, hold in ipairs(holds) do
        hold.probe, hold.probe_until = id, now + lease
        hold_save(hold, now)
    end
end

-- The call that went first has ended.
local function holds_settle(holds, now, id, verdict)
    for index = #holds, 1, -1 do
        local hold = holds[index]
        if hold.probe == id then
            -- A client that is asked to call less often has a key that works; a server that fails no longer asks for patience.
            if verdict == 'answered' or verdict == (hold.kind == 'closed' and 'limited' or 'failed') then
                redis.call('DEL', hold.name)
                table.remove(holds, index)
            else
                hold.probe, hold.probe_until = '-', 0
                hold_save(hold, now)
            end
        end
    end
end
