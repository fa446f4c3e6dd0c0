-- Writes, so that a server that refuses writes is found, and returns the number of jobs that wait.
redis.call('SETNX', FORMAT, KNOWN_FORMAT)
redis.call('SET', prefix .. 'checked', now())
return queued()
