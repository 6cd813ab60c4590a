-- Sliding windows. A window is a hash: number of a slice of time -> what was granted in it.
-- The current slice and SPAN before it are counted, so every stretch of SPAN * SLICE_MS lies within what was counted at its end.

local function slice_of(time_ms)
    return math.floor(time_ms / SLICE_MS)
end

local function window_load(name, now)
    local window = { name = name, used = 0, slices = {}, changes = {} }
    local oldest, gone = slice_of(now) - SPAN, {}
    local flat = redis.call('HGETALL', name)
    for i = 1, #flat, 2 do
        local slice, count = tonumber(flat[i]), tonumber(flat[i + 1])
        if slice < oldest then
            gone[#gone + 1] = flat[i]
        else
            -- Slices ahead of the clock count too: the clock may have been set back.
            window.used = window.used + count
            window.slices[slice] = count
        end
    end
    if #gone > 0 then
        redis.call('HDEL', name, unpack(gone))
    end
    return window
end

local function window_add(window, time_ms, count)
    local slice = slice_of(time_ms)
    window.used = window.used + count
    window.slices[slice] = (window.slices[slice] or 0) + count
    window.changes[slice] = (window.changes[slice] or 0) + count
end

-- Takes back what was granted at a time, if that time still counts.
local function window_give_back(window, granted, count)
    local held = window.slices[slice_of(granted)]
    if held then
        window_add(window, granted, -math.min(held, count))
    end
end

local function window_save(window)
    for slice, change in pairs(window.changes) do
        redis.call('HINCRBY', window.name, slice, change)
    end
    redis.call('PEXPIRE', window.name, KEEP_MS)
end

-- When `need` of what is counted now will have left the window.
local function window_frees_at(window, need, now)
    local order, freed = {}, 0
    for slice in pairs(window.slices) do
        order[#order + 1] = slice
    end
    table.sort(order)
    for _, slice in ipairs(order) do
        freed = freed + window.slices[slice]
        if freed >= need then
            return (slice + SPAN + 1) * SLICE_MS
        end
    end
    return now + (SPAN + 1) * SLICE_MS
end

-- How much of what is counted now leaves the window until a time.
local function window_freed_until(window, time_ms)
    local oldest, freed = slice_of(time_ms) - SPAN, 0
    for slice, count in pairs(window.slices) do
        if slice < oldest then
            freed = freed + count
        end
    end
    return freed
end
