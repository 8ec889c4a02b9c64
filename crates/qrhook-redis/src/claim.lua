-- Claims a key that is absent or expired. 1: acquired; 2: in flight; 3: done; 4: done, another occurrence.
-- ARGV: owner, retention and lease in milliseconds, occurrence.
local owner, lease, occurrence = unpack(redis.call('HMGET', KEYS[1], 'owner', 'lease', 'occurrence'))
if owner and not lease then
    return occurrence == ARGV[4] and 3 or 4
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- A claim that is repeated because its reply was lost recognises its own record.
if owner and owner ~= ARGV[1] and tonumber(lease) > now then
    return 2
end
local ends = now + ARGV[3]
-- A refusal, such as full memory, is returned as the reply. Older servers would wrap an error that is raised.
local set = redis.pcall('HSET', KEYS[1], 'owner', ARGV[1], 'lease', ends, 'occurrence', ARGV[4])
if type(set) == 'table' and set.err then
    return set
end
redis.call('PEXPIREAT', KEYS[1], ends + ARGV[2])
return 1
