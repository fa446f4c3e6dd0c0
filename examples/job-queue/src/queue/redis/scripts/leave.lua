-- Forgets a worker, and queues its jobs again.
-- ARGV: worker, its process.
local worker, time = ARGV[1], now()
if is_of_another(worker, ARGV[2]) then return end
local _, profile = worker_info(worker)
if profile then
  for _, class in ipairs(redis.call('ZRANGE', heads_key(profile), 0, -1)) do
    if class ~= COMPLETE then redis.call('HSET', CLASSES, class, time) end
  end
end
for _, id in ipairs(redis.call('SMEMBERS', held_key(worker))) do
  local job = held_job(worker, id)
  if job then put_back(job, time) end
end
forget(worker)
