-- Writes, so that a server that refuses writes is found, and returns the number of jobs that wait,
-- and since when the queue is there.
-- ARGV: whether every command is tried, which finds a user of the server that may not run one.
redis.call('SETNX', FORMAT, KNOWN_FORMAT)
redis.call('SETNX', SINCE, now())
redis.call('SET', prefix .. 'checked', now())
if ARGV[1] == '1' then
  for _, command in ipairs(COMMANDS) do
    local answer = redis.pcall(unpack(command))
    if type(answer) == 'table' and answer.err then
      return redis.error_reply(answer.err .. ' (' .. command[1] .. ')')
    end
  end
end
-- The user may not ask for it, and then nobody knows. A policy of keys with an expiry evicts no job.
local info = redis.pcall('INFO', 'memory')
local policy = type(info) == 'string' and info:match('maxmemory_policy:(allkeys%S*)')
if policy then
  return redis.error_reply('EVICTS its maxmemory-policy is ' .. policy
    .. ', which removes jobs; set noeviction')
end
local since = redis.pcall('GET', SINCE)
return { queued(), type(since) == 'string' and since or '' }
