-- Forgets a worker, and queues its jobs again.
-- ARGV: worker.
local worker, time = ARGV[1], now()
local info = redis.call('HGET', WORKER_INFO, worker)
if info then
  local able = read_worker(info)
  for _, class in ipairs(redis.call('HKEYS', CLASSES)) do
    if can_run(able, class) then redis.call('HSET', CLASSES, class, time) end
  end
end
for _, id in ipairs(redis.call('SMEMBERS', held_key(worker))) do
  local job = load(id)
  if job then put_back(job, time) end
end
redis.call('DEL', held_key(worker))
redis.call('ZREM', WORKERS, worker)
redis.call('HDEL', WORKER_INFO, worker)
