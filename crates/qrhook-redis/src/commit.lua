-- Marks a claim as done, with commands that a full server still accepts. 1: settled; 2: lost.
-- ARGV: owner, retention in milliseconds.
local owner, lease = unpack(redis.call('HMGET', KEYS[1], 'owner', 'lease'))
if owner ~= ARGV[1] then
    return 2
end
if lease then
    local time = redis.call('TIME')
    redis.call('HDEL', KEYS[1], 'lease')
    redis.call('PEXPIREAT', KEYS[1], time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[2])
end
return 1
