-- Stores and publishes progress.
-- ARGV: id, worker, claim, percent.
local job = load(ARGV[1])
if is_leased(job, ARGV[2], ARGV[3]) and job.progress ~= ARGV[4] then
  set(job, { progress = ARGV[4] })
  announce(job)
end
