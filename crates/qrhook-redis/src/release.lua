-- Releases a claim. 1: settled; 2: lost.
-- ARGV: owner.
local owner, lease = unpack(redis.call('HMGET', KEYS[1], 'owner', 'lease'))
if owner and (owner ~= ARGV[1] or not lease) then
    return 2
end
redis.call('DEL', KEYS[1])
return 1
