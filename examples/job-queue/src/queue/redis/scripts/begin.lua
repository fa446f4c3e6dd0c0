-- A job runs now. Returns whether the lease is valid.
-- ARGV: id, worker, claim.
local job = load(ARGV[1])
if not is_leased(job, ARGV[2], ARGV[3]) then return 0 end
if job.state ~= 'running' then
  set(job, { state = 'running' })
  announce(job)
end
return 1
