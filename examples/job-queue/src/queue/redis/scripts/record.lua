-- The fields of a job that its client sees.
-- ARGV: id.
return redis.call('HMGET', job_key(ARGV[1]), unpack(RECORD))
