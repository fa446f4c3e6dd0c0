-- Queues a job again that its worker gives back.
-- ARGV: id, worker, claim.
local job = load(ARGV[1])
if is_leased(job, ARGV[2], ARGV[3]) then put_back(job, now()) end
