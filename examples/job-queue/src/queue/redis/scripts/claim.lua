-- Assigns the first of the jobs that a worker can run, and returns its id, the number of the claim
-- and its record; nil without such a job.
-- ARGV: worker, its description.
local worker, time = ARGV[1], now()
see(worker, ARGV[2], time)
local able = read_worker(ARGV[2])
local classes = {}
for _, class in ipairs(redis.call('HKEYS', CLASSES)) do
  if can_run(able, class) then classes[#classes + 1] = class end
end

-- The first job of all classes; nil without one.
local function first()
  local best, best_rank
  for _, class in ipairs(classes) do
    local head = redis.call('ZRANGE', queue_key(class), 0, 0, 'WITHSCORES')
    local rank = tonumber(head[2])
    if rank and (not best_rank or rank < best_rank) then
      best, best_rank = { id = head[1], class = class }, rank
    end
  end
  return best
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
