-- Puts a job aside whose record the program cannot read.
-- ARGV: id, worker, claim, reason.
local job = load(ARGV[1])
if not is_leased(job, ARGV[2], ARGV[3]) then return end
take_from_worker(job)
put_aside(job.id, ARGV[4])
job.state = 'failed'
announce(job)
