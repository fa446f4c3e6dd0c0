-- Stores and queues a job. The second submission of one id changes nothing.
-- ARGV: id, request, service, priority, order of the priority from 0 for the highest, class,
-- retries, max_queued, max_classes, what is kept of the request when the job is over, or nothing.
local id, class = ARGV[1], ARGV[6]
if redis.call('EXISTS', job_key(id)) == 1 then return 'queued' end
if queued() >= tonumber(ARGV[8]) then return 'full' end
if redis.call('HEXISTS', CLASSES, class) == 0
  and redis.call('HLEN', CLASSES) >= tonumber(ARGV[9]) then
  return 'too_varied'
end
local time = now()
-- By priority, then by age. Both fit into the 53 bits that a score keeps exactly.
local rank = tonumber(ARGV[5]) * 2 ^ 50 + next_number()
local job = { id = id }
set(job, {
  request = ARGV[2], service = ARGV[3], priority = ARGV[4], class = class, retries = ARGV[7],
  rank = rank, state = 'queued', created = time, claim = 0, attempts = 0, progress = 0,
  retried = 0, lost_workers = 0, kept = ARGV[10] ~= '' and ARGV[10] or nil,
})
-- A class that is there keeps the time when a worker was there for it.
offer(job, redis.call('HGET', CLASSES, class) or time)
count(1)
announce(job)
return 'queued'
