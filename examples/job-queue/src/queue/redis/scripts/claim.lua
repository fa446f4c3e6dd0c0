-- Assigns the first of the jobs that a worker can run, and returns its id, the number of the claim
-- and its record; nil without such a job.
-- ARGV: worker, its services and capabilities, its slots.
local worker, time = ARGV[1], now()
local heads = heads_key(see(worker, ARGV[2], ARGV[3], time))

-- The job of the lowest rank; nil without one.
local function first()
  local class = redis.call('ZRANGE', heads, 0, 0)[1]
  if not class then return nil end
  return { id = head_of(class), class = class }
end

local best = first()
local job = best and load(best.id)
while best and not job do
  -- Somebody deleted the job.
  withdraw(best)
  best = first()
  job = best and load(best.id)
end
if not job then return nil end

withdraw(job)
set(job, {
  state = 'assigned', worker = worker, claim = job.claim + 1, claimed = time, progress = 0,
  attempts = job.attempts + 1,
})
redis.call('SADD', held_key(worker), job.id)
announce(job)
return { job.id, job.claim, redis.call('HMGET', job_key(job.id), unpack(RECORD)) }
