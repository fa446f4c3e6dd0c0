-- Writes, so that a server that refuses writes is found, and returns the format of what is stored
-- and the number of jobs that wait.
-- ARGV: the format of this program.
redis.call('SETNX', FORMAT, ARGV[1])
redis.call('SET', prefix .. 'checked', now())
return { redis.call('GET', FORMAT), queued() }
