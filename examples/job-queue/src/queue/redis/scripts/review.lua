-- Compares some of the records with what follows from them, and makes again what is missing. Returns
-- where the next call goes on, and how many jobs were not where they belong.
-- ARGV: where it goes on, the most keys, max_finished.
local found = redis.call('SCAN', ARGV[1], 'MATCH', job_key('*'), 'COUNT', ARGV[2])
local time, restored = now(), 0

-- The jobs that are over, in their order; read when the first one is met.
local listed
local function is_listed(id)
  if not listed then
    listed = {}
    for _, other in ipairs(redis.call('LRANGE', FINISHED, 0, -1)) do listed[other] = true end
  end
  return listed[id]
end

-- Makes again what has to be there for a job. Returns whether it was missing.
local function restore(job)
  if job.state == 'queued' then
    if redis.call('ZSCORE', DELAYED, job.id) then return false end
    local is_offered = redis.call('ZSCORE', queue_key(job.class), job.id)
    if is_offered and redis.call('HEXISTS', CLASSES, job.class) == 1 then return false end
    offer(job, time)
  elseif job.state == 'assigned' or job.state == 'running' then
    local worker = job.worker or ''
    local is_held = redis.call('SISMEMBER', held_key(worker), job.id) == 1
    if is_held and redis.call('ZSCORE', WORKERS, worker) then return false end
    redis.call('SADD', held_key(worker), job.id)
    -- A worker that is gone is dead when it was silent for long enough.
    if not redis.call('ZSCORE', WORKERS, worker) then redis.call('ZADD', WORKERS, time, worker) end
  else
    if is_listed(job.id) then return false end
    -- Others have ended meanwhile, and it is dropped before them.
    redis.call('LPUSH', FINISHED, job.id)
  end
  return true
end

for _, key in ipairs(found[2]) do
  local id = key:sub(#job_key('') + 1)
  local job, reason = load(id)
  if job and restore(job) then
    restored = restored + 1
  elseif reason and redis.call('TYPE', key).ok == 'hash' and not is_listed(id) then
    local class, worker = unpack(redis.call('HMGET', key, 'class', 'worker'))
    if class then withdraw({ id = id, class = class }) end
    take_from_worker({ id = id, worker = worker })
    put_aside(id, reason)
  end
end
if restored > 0 then
  recount()
  drop(ARGV[3])
end
return { found[1], restored }
