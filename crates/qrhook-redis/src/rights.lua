-- Runs each command of the steps, and returns the refused ones with the reasons. ARGV is empty. No event has the key.
-- The commands that write nothing, because there is no such record, come first. The last one makes a record, and only
-- runs if the record can be removed again.
local refused, told = {}, {}
local function run(command, ...)
    local answer = redis.pcall(command, ...)
    if type(answer) == 'table' and answer.err then
        refused[command] = true
        told[#told + 1] = command
        told[#told + 1] = answer.err
    end
end
run('TIME')
run('HMGET', KEYS[1], 'owner')
run('HDEL', KEYS[1], 'lease')
run('PEXPIREAT', KEYS[1], 1)
run('DEL', KEYS[1])
if not refused.PEXPIREAT then
    run('HSET', KEYS[1], 'owner', '')
    redis.call('PEXPIREAT', KEYS[1], 1)
elseif not refused.DEL then
    run('HSET', KEYS[1], 'owner', '')
    redis.call('DEL', KEYS[1])
end
return told
