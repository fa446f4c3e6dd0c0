-- Takes note of a worker, takes back the jobs that it does not know of, and returns those that are
-- not its own any more.
-- ARGV: worker, its services and capabilities, its slots, the age of a claim that it must know of,
-- max_lost_workers, max_finished, its process, the silence after which another process can have its
-- name, then job and claim of each of its leases.
local worker, time = ARGV[1], now()
if is_of_another(worker, ARGV[7]) then
  local seen = redis.call('ZSCORE', WORKERS, worker)
  if seen and time - tonumber(seen) < tonumber(ARGV[8]) then return NAME_TAKEN end
end
redis.call('HSET', OWNERS, worker, ARGV[7])
see(worker, ARGV[2], ARGV[3], time)
local lost, named = {}, {}
for i = 9, #ARGV, 2 do
  local id = ARGV[i]
  named[id] = true
  if not is_leased(held_job(worker, id), worker, ARGV[i + 1]) then lost[#lost + 1] = id end
end
for _, id in ipairs(redis.call('SMEMBERS', held_key(worker))) do
  local job = not named[id] and held_job(worker, id)
  if job and time - (job.claimed or 0) > tonumber(ARGV[4]) then
    if job.state == 'running' then
      recover(job, time, ARGV[5], ARGV[6])
    else
      put_back(job, time)
    end
  end
end
return lost
