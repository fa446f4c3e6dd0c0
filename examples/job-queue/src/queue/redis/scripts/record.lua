-- The fields of a job that its client sees; nil without such a job.
-- ARGV: id.
local key = job_key(ARGV[1])
local fields = redis.pcall('HMGET', key, unpack(RECORD))
if fields.err then
  return foreign(ARGV[1], 'it is a ' .. redis.call('TYPE', key).ok .. ', not a hash')
end
if not fields[1] and redis.call('EXISTS', key) == 0 then return nil end
return fields
