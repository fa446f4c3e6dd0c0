-- Assigns the first of the jobs that a worker can run, and returns its id, the number of the claim
-- and its record; nil without such a job.
-- ARGV: worker, its services and capabilities, its slots, its process.
local worker, time = ARGV[1], now()
if is_of_another(worker, ARGV[4]) then return NAME_TAKEN end
local heads = heads_key(see(worker, ARGV[2], ARGV[3], time))

-- The job of the lowest rank; nil without one.
local function first()
  while true do
    local class = redis.call('ZRANGE', heads, 0, 0)[1]
    if not class or class == COMPLETE then return nil end
    local id = head_of(class)
    local job = id and queued_job(class, id)
    if job then return job end
    if not id then renew_head(class) end
  end
end

local job = first()
if not job then return nil end

withdraw(job)
set(job, {
  state = 'assigned', worker = worker, claim = job.claim + 1, claimed = time, progress = 0,
  attempts = job.attempts + 1,
})
redis.call('SADD', held_key(worker), job.id)
announce(job)
return { job.id, job.claim, redis.call('HMGET', job_key(job.id), unpack(RECORD)) }
