-- Writes, so that a server that refuses writes is found, and returns the number of jobs that wait.
-- ARGV: whether every command is tried, which finds a user of the server that may not run one.
redis.call('SETNX', FORMAT, KNOWN_FORMAT)
redis.call('SET', prefix .. 'checked', now())
if ARGV[1] == '1' then
  -- Each type of key has gone before the next one, and all of them at the end.
  local tried, other = prefix .. 'tried', prefix .. 'tried-too'
  for _, command in ipairs({
    { 'DEL', tried, other },
    { 'HSET', tried, 'a', '1' }, { 'HSETNX', tried, 'a', '1' }, { 'HGET', tried, 'a' },
    { 'HMGET', tried, 'a' }, { 'HGETALL', tried }, { 'HKEYS', tried }, { 'HLEN', tried },
    { 'HEXISTS', tried, 'a' }, { 'HDEL', tried, 'a' },
    { 'SADD', tried, 'a' }, { 'SMEMBERS', tried }, { 'SCARD', tried }, { 'SREM', tried, 'a' },
    { 'ZADD', tried, '1', 'a' }, { 'ZCARD', tried }, { 'ZSCORE', tried, 'a' },
    { 'ZRANGE', tried, '0', '0' }, { 'ZRANGEBYSCORE', tried, '1', '1' },
    { 'ZREVRANGEBYSCORE', tried, '1', '1' }, { 'ZREM', tried, 'a' },
    { 'RPUSH', tried, 'a' }, { 'LLEN', tried }, { 'LRANGE', tried, '0', '0' },
    { 'LTRIM', tried, '0', '0' }, { 'LPOP', tried },
    { 'INCR', tried }, { 'INCRBY', tried, '1' }, { 'EXISTS', tried }, { 'RENAME', tried, other },
    { 'UNLINK', other },
    -- Nobody listens.
    { 'PUBLISH', tried, '' },
  }) do
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
return queued()
