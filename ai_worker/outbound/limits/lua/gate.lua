-- Gates: what a provider's answer shuts, for one model or for every model of an account. A cooldown that it asked for, or a
-- closing because the deployment is at fault (a wrong key, an unknown model). When a gate's time has passed, one call goes
-- first; its answer removes the gate, or shuts it for longer.
--
-- A gate is a text: ends, refusals, probe_until, kind, probe ('-': none), reason.

local function gate_load(kept, name)
    if not kept then
        return { name = name, ends = 0, refusals = 0, probe_until = 0, kind = '', probe = '-', reason = '', there = false }
    end
    local ends, refusals, probe_until, kind, probe, reason = kept:match('^(%d+) (%d+) (%d+) (%S+) (%S+) (.*)$')
    return {
        name = name, ends = tonumber(ends), refusals = tonumber(refusals), probe_until = tonumber(probe_until),
        kind = kind, probe = probe, reason = reason, there = true,
    }
end

local function gates_load(names)
    local found, full = {}, {}
    for index, name in ipairs(names) do
        full[index] = PREFIX .. 'gate:' .. name
    end
    for index, kept in ipairs(redis.call('MGET', unpack(full))) do
        if kept then
            found[#found + 1] = gate_load(kept, full[index])
        end
    end
    return found
end

local function gate_save(gate, now)
    local text = string.format('%.0f %d %.0f %s %s %s', gate.ends, gate.refusals, gate.probe_until, gate.kind, gate.probe, gate.reason)
    redis.call('SET', gate.name, text, 'PX', math.max(0, math.floor(gate.ends - now)) + KEEP_MS)
end

-- by: the call whose answer shuts it. While the gate is shut, or one call goes first, answers to older questions are no news:
-- they neither count as a refusal nor make the gate's time longer than what they asked for.
local function gate_shut(now, name, milliseconds, reason, kind, by)
    name = PREFIX .. 'gate:' .. name
    local gate = gate_load(redis.call('GET', name), name)
    local news = not gate.there or by == gate.probe
    if news then
        gate.refusals = math.min(gate.refusals + 1, 30)
        gate.probe, gate.probe_until = '-', 0
    end
    local first, cap = COOL_FLOOR_MS, COOL_FLOOR_CAP_MS
    if kind == 'closed' then
        first, cap = CLOSED_FIRST_MS, CLOSED_CAP_MS
    end
    local least = news and math.min(first * 2 ^ (gate.refusals - 1), cap) or 0
    local ends = now + math.max(milliseconds, least)
    if ends > gate.ends then
        gate.ends, gate.reason, gate.kind = ends, reason, kind
    end
    gate_save(gate, now)
end

-- The gate that holds a call longest: when to ask again, why, and whether it is closed; then whether one call would go first.
local function gates_refuse(gates, now)
    local at, worded, closed, first = nil, '', false, false
    for _, gate in ipairs(gates) do
        local ends, word = nil, gate.kind == 'closed' and 'closed: ' or 'cooling down: '
        if gate.ends > now then
            ends = gate.ends
        elseif gate.probe ~= '-' and gate.probe_until > now then
            ends, word = math.min(now + COOL_FLOOR_MS, gate.probe_until), 'one call goes first after it was ' .. word
        else
            first = true
        end
        if ends and ends > (at or 0) then
            at, worded, closed = ends, word .. gate.reason, gate.kind == 'closed'
        end
    end
    return at, worded, closed, first
end

local function gates_probe(gates, now, id, lease)
    for _, gate in ipairs(gates) do
        gate.probe, gate.probe_until = id, now + lease
        gate_save(gate, now)
    end
end

-- The call that went first has ended.
local function gates_settle(gates, now, id, verdict)
    for index = #gates, 1, -1 do
        local gate = gates[index]
        if gate.probe == id then
            -- Who is told to come less often has a key that works; a server that fails no longer asks for patience.
            if verdict == 'answered' or verdict == (gate.kind == 'closed' and 'limited' or 'failed') then
                redis.call('DEL', gate.name)
                table.remove(gates, index)
            else
                gate.probe, gate.probe_until = '-', 0
                gate_save(gate, now)
            end
        end
    end
end
