-- Cancels a job. Returns nothing for a job that is not known, `now`, or the state that it was over
-- in.
-- ARGV: id, max_finished.
local job, reason = load(ARGV[1])
if reason then return foreign(ARGV[1], reason) end
if not job then return nil end
if job.state == 'queued' then
  withdraw(job)
elseif job.state ~= 'assigned' and job.state ~= 'running' then
  return job.state
end
finish(job, { state = 'cancelled' }, ARGV[2])
return 'now'
