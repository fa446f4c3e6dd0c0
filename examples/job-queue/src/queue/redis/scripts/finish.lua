-- Stores how an attempt ended. Returns the state of a job that is over, `retried`, or `lost` for a
-- lease that is not valid. The answer for one lease stays the same.
-- ARGV: id, worker, claim, the state for a job that is not tried again, output, failure, whether it
-- may be tried again, retry_delay, max_finished.
local job = load(ARGV[1])
if not is_leased(job, ARGV[2], ARGV[3]) then
  local claim, answer = (job and job.settled or ''):match('^(%d+) (.*)$')
  return claim == ARGV[3] and answer or 'lost'
end
if ARGV[7] == '1' and tonumber(job.retried) < tonumber(job.retries) then
  take_from_worker(job)
  set(job, {
    state = 'queued', failure = ARGV[6], progress = 0, retried = job.retried + 1,
    settled = ARGV[3] .. ' retried',
  })
  redis.call('ZADD', DELAYED, now() + ARGV[8], job.id)
  count(1)
  announce(job)
  return 'retried'
end
local fields = { state = ARGV[4], settled = ARGV[3] .. ' ' .. ARGV[4] }
if ARGV[4] == 'completed' then
  fields.output, fields.progress = ARGV[5], 100
  redis.call('HDEL', job_key(job.id), 'failure')
else
  fields.failure = ARGV[6]
end
finish(job, fields, ARGV[9])
return ARGV[4]
