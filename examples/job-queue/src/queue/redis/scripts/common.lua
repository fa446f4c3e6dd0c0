-- What the scripts share. Each script is this text with its own behind it, and runs as one step.
-- KEYS[1] is the prefix of all keys; the head of mod.rs has the table of keys.

local prefix = KEYS[1]
local CLASSES, DELAYED, FINISHED = prefix .. 'classes', prefix .. 'delayed', prefix .. 'finished'
local QUEUED, WORKERS = prefix .. 'queued', prefix .. 'workers'
local WORKER_INFO, PROFILES = prefix .. 'worker-info', prefix .. 'profiles'

-- The fields of a job that its client sees, in the order in which wire.rs reads them.
local RECORD = {
  'request', 'state', 'created', 'attempts', 'worker', 'progress', 'output', 'failure',
}
-- The fields of a job that the scripts use.
local STATE = {
  'state', 'service', 'priority', 'class', 'rank', 'created', 'worker', 'claim', 'claimed',
  'attempts', 'progress', 'retries', 'retried', 'lost_workers', 'settled',
}

local function job_key(id) return prefix .. 'job:' .. id end
local function queue_key(class) return prefix .. 'queue:' .. class end
local function held_key(worker) return prefix .. 'held:' .. worker end
local function heads_key(profile) return prefix .. 'heads:' .. profile end

-- The time of the server, in microseconds.
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

-- A job, or nil. A field that is not set is nil.
local function load(id)
  local values = redis.call('HMGET', job_key(id), unpack(STATE))
  if not values[1] then return nil end
  local job = { id = id }
  for i, field in ipairs(STATE) do job[field] = values[i] or nil end
  return job
end

-- Sets fields of a job, in the table and on the server.
local function set(job, fields)
  local pairs_of = {}
  for field, value in pairs(fields) do
    job[field] = value
    pairs_of[#pairs_of + 1] = field
    pairs_of[#pairs_of + 1] = value
  end
  redis.call('HSET', job_key(job.id), unpack(pairs_of))
end

-- Publishes the state of a job.
local function announce(job)
  redis.call('PUBLISH', prefix .. 'events', cjson.encode({
    id = job.id,
    service = job.service,
    priority = job.priority,
    state = job.state,
    attempts = tonumber(job.attempts),
    worker = job.worker,
    progress = tonumber(job.progress),
  }))
end

-- Whether capabilities meet requirements, as `Requirements::are_met_by` of the program does.
local function are_met_by(requirements, capabilities)
  for key, needed in pairs(requirements) do
    local has = capabilities[key]
    if type(has) ~= type(needed) then return false end
    if type(needed) == 'number' then
      if has < needed then return false end
    elseif has ~= needed then
      return false
    end
  end
  return true
end

-- A profile, to compare with classes.
local function read_profile(text)
  local profile = cjson.decode(text)
  local services = {}
  for _, service in ipairs(profile.services) do services[service] = true end
  return { services = services, capabilities = profile.capabilities }
end

-- Whether workers of a profile can run the jobs of a class.
local function can_run(profile, class)
  local service, requirements = class:match('^(%S+) (.*)$')
  if not profile.services[service] then return false end
  return requirements == '{}' or are_met_by(cjson.decode(requirements), profile.capabilities)
end

-- The first job of a class with its rank; nil without one.
local function head_of(class)
  local head = redis.call('ZRANGE', queue_key(class), 0, 0, 'WITHSCORES')
  return head[1], head[2]
end

-- Offers a job to workers. `served` is the time when a worker was there last that could run it.
local function offer(job, served)
  redis.call('ZADD', queue_key(job.class), job.rank, job.id)
  if redis.call('HSET', CLASSES, job.class, served) == 1 then
    local profiles = redis.call('HGETALL', PROFILES)
    for i = 1, #profiles, 2 do
      if can_run(read_profile(profiles[i + 1]), job.class) then
        redis.call('ZADD', heads_key(profiles[i]), job.rank, job.class)
      end
    end
  elseif head_of(job.class) == job.id then
    for _, profile in ipairs(redis.call('HKEYS', PROFILES)) do
      redis.call('ZADD', heads_key(profile), 'XX', job.rank, job.class)
    end
  end
  redis.call('PUBLISH', prefix .. 'wake', job.class)
end

-- Takes a job out of the queue.
local function withdraw(job)
  local was_head = head_of(job.class) == job.id
  local removed = redis.call('ZREM', queue_key(job.class), job.id)
  if removed == 0 then removed = redis.call('ZREM', DELAYED, job.id) end
  if removed == 1 then redis.call('DECR', QUEUED) end
  if not was_head then return end
  local head, rank = head_of(job.class)
  if not head then redis.call('HDEL', CLASSES, job.class) end
  for _, profile in ipairs(redis.call('HKEYS', PROFILES)) do
    if head then
      redis.call('ZADD', heads_key(profile), 'XX', rank, job.class)
    else
      redis.call('ZREM', heads_key(profile), job.class)
    end
  end
end

local function take_from_worker(job)
  if job.worker then redis.call('SREM', held_key(job.worker), job.id) end
end

-- Queues a job again that a worker had.
local function put_back(job, time)
  take_from_worker(job)
  set(job, { state = 'queued', progress = 0 })
  redis.call('INCR', QUEUED)
  offer(job, time)
  announce(job)
end

-- Ends a job that does not wait any more, and drops the oldest of too many records.
local function finish(job, fields, max_finished)
  take_from_worker(job)
  set(job, fields)
  announce(job)
  redis.call('RPUSH', FINISHED, job.id)
  while redis.call('LLEN', FINISHED) > tonumber(max_finished) do
    redis.call('UNLINK', job_key(redis.call('LPOP', FINISHED)))
  end
end

-- Queues the job of a dead worker again, and returns true; or lets it fail.
local function recover(job, time, max_lost, max_finished)
  local lost = tonumber(job.lost_workers) + 1
  if lost < tonumber(max_lost) then
    set(job, { lost_workers = lost })
    put_back(job, time)
    return true
  end
  local failure = cjson.encode({
    reason = 'worker_lost',
    message = lost .. ' workers were lost while they had the job',
  })
  finish(job, { state = 'failed', failure = failure, lost_workers = lost }, max_finished)
  return false
end

-- Whether a worker has a job by this claim.
local function is_leased(job, worker, claim)
  return job and (job.state == 'assigned' or job.state == 'running')
    and job.worker == worker and job.claim == claim
end

-- Takes note of a worker, and returns its profile. `able` has its services and capabilities.
local function see(worker, able, slots, time)
  local profile = redis.sha1hex(able)
  redis.call('ZADD', WORKERS, time, worker)
  redis.call('HSET', WORKER_INFO, worker, slots .. ' ' .. profile)
  if redis.call('HSETNX', PROFILES, profile, able) == 1 then
    local read = read_profile(able)
    for _, class in ipairs(redis.call('HKEYS', CLASSES)) do
      local head, rank = head_of(class)
      if head and can_run(read, class) then
        redis.call('ZADD', heads_key(profile), rank, class)
      end
    end
  end
  return profile
end

-- The slots and the profile of a worker; nil without a description.
local function worker_info(worker)
  local info = redis.call('HGET', WORKER_INFO, worker)
  if not info then return nil end
  local slots, profile = info:match('^(%d+) (.*)$')
  return tonumber(slots), profile
end

-- Forgets a worker that has no jobs.
local function forget(worker)
  redis.call('DEL', held_key(worker))
  redis.call('ZREM', WORKERS, worker)
  redis.call('HDEL', WORKER_INFO, worker)
end

-- The time from which on the server can judge who is silent: nobody reached it before it started.
local function judging_since(time)
  local info = redis.pcall('INFO', 'server')
  local uptime = type(info) == 'string' and info:match('uptime_in_seconds:(%d+)')
  -- Whole seconds, of which the first one may have lasted less.
  return uptime and time - math.max(uptime - 1, 0) * 1000000 or 0
end
