-- What the scripts share. Each script is this text with its own behind it, and runs as one step.
-- KEYS[1] is the prefix of all keys; the head of mod.rs has the table of keys.

local prefix = KEYS[1]
local CLASSES, DELAYED, FINISHED = prefix .. 'classes', prefix .. 'delayed', prefix .. 'finished'
local QUEUED, WORKERS = prefix .. 'queued', prefix .. 'workers'
local WORKER_INFO, PROFILES = prefix .. 'worker-info', prefix .. 'profiles'
local FORMAT, SUBMITTED = prefix .. 'format', prefix .. 'submitted'
local SINCE = prefix .. 'since'
local OWNERS = prefix .. 'owners'
local UNREADABLE = prefix .. 'unreadable'

-- What the scripts run, but for what they can do without. Each type of key has gone before the next
-- one, and all of them at the end.
local TRIED, TRIED_TOO = prefix .. 'tried', prefix .. 'tried-too'
local COMMANDS = {
  { 'DEL', TRIED, TRIED_TOO }, { 'TIME' }, { 'TYPE', TRIED },
  { 'HSET', TRIED, 'a', '1' }, { 'HSETNX', TRIED, 'a', '1' }, { 'HGET', TRIED, 'a' },
  { 'HMGET', TRIED, 'a' }, { 'HGETALL', TRIED }, { 'HKEYS', TRIED }, { 'HLEN', TRIED },
  { 'HEXISTS', TRIED, 'a' }, { 'HDEL', TRIED, 'a' },
  { 'SADD', TRIED, 'a' }, { 'SISMEMBER', TRIED, 'a' }, { 'SMEMBERS', TRIED }, { 'SCARD', TRIED }, { 'SREM', TRIED, 'a' },
  { 'ZADD', TRIED, '1', 'a' }, { 'ZCARD', TRIED }, { 'ZSCORE', TRIED, 'a' },
  { 'ZRANGE', TRIED, '0', '0' }, { 'ZRANGEBYSCORE', TRIED, '1', '1' },
  { 'ZREVRANGEBYSCORE', TRIED, '1', '1' }, { 'ZREM', TRIED, 'a' },
  { 'RPUSH', TRIED, 'a' }, { 'LPUSH', TRIED, 'a' }, { 'LLEN', TRIED }, { 'LRANGE', TRIED, '0', '0' },
  { 'LTRIM', TRIED, '0', '0' }, { 'LPOP', TRIED },
  { 'SETNX', TRIED, '1' }, { 'SET', TRIED, '1' }, { 'GET', TRIED },
  { 'INCR', TRIED }, { 'INCRBY', TRIED, '1' }, { 'EXISTS', TRIED },
  { 'SCAN', '0', 'COUNT', '1' },
  { 'RENAME', TRIED, TRIED_TOO }, { 'UNLINK', TRIED_TOO },
  -- Nobody listens.
  { 'PUBLISH', TRIED, '' },
}

-- A script whose user may not run a command midway would leave half of its change behind. Servers
-- before Redis 7 cannot be asked.
for _, command in ipairs(redis.acl_check_cmd and COMMANDS or {}) do
  if not redis.acl_check_cmd(unpack(command)) then
    local what = command[1] .. ' on what begins with ' .. prefix
    return redis.error_reply('NOPERM the user has no permission to run ' .. what)
  end
end

-- So would one that met a key of another type.
for _, of in ipairs({
  { CLASSES, 'hash' }, { DELAYED, 'zset' }, { FINISHED, 'list' }, { WORKERS, 'zset' },
  { WORKER_INFO, 'hash' }, { OWNERS, 'hash' }, { PROFILES, 'hash' }, { UNREADABLE, 'list' }, { FORMAT, 'string' },
}) do
  local found = redis.call('TYPE', of[1]).ok
  if found ~= 'none' and found ~= of[2] then
    local problem = ' is a ' .. found .. ', not a ' .. of[2]
    return redis.error_reply('FOREIGN its key ' .. of[1] .. problem)
  end
end

-- The version of what is stored. Another one may mean something else by the same keys.
local KNOWN_FORMAT = '1'
local found_format = redis.call('GET', FORMAT)
if found_format and found_format ~= KNOWN_FORMAT then
  local shown = found_format:sub(1, 40):gsub('[^%w%p ]', '?')
  return redis.error_reply('FOREIGN its jobs have the format ' .. shown
    .. ', and this program knows the format ' .. KNOWN_FORMAT)
end

-- The fields of a job that its client sees, in the order in which wire.rs reads them.
local RECORD = {
  'request', 'state', 'created', 'attempts', 'worker', 'progress', 'output', 'failure',
}
-- The fields of a job that the scripts use.
local STATE = {
  'state', 'service', 'priority', 'class', 'rank', 'created', 'worker', 'claim', 'claimed',
  'attempts', 'progress', 'retries', 'retried', 'lost_workers', 'settled',
}
-- Those of them that are whole numbers.
local NUMBERS = {
  'rank', 'created', 'claim', 'attempts', 'progress', 'retries', 'retried', 'lost_workers',
}
local STATES = {
  queued = true, assigned = true, running = true, completed = true, failed = true,
  cancelled = true, timed_out = true, unworkable = true,
}

-- Tells the next sweep of something that cannot be read.
local function report(what, reason) redis.call('RPUSH', UNREADABLE, what .. ': ' .. reason) end

-- The name of a key of this type. A key of another type that has it gets another name, so that
-- nothing of it is lost and it holds nobody up.
local sound = {}
local function own(name, expected)
  local key = prefix .. name
  if sound[key] then return key end
  sound[key] = true
  local found = redis.call('TYPE', key).ok
  if found == 'none' or found == expected then return key end
  redis.call('RENAME', key, prefix .. 'aside:' .. name)
  report('key ' .. key, 'it is a ' .. found .. ', not a ' .. expected)
  return key
end

local function job_key(id) return prefix .. 'job:' .. id end
local function queue_key(class) return own('queue:' .. class, 'zset') end
local function held_key(worker) return own('held:' .. worker, 'set') end
local function heads_key(profile) return own('heads:' .. profile, 'zset') end

-- What is behind the classes of a profile. Without it some of them may have been removed.
local COMPLETE = '~'

-- A whole number that Lua keeps exactly; nil for any other text.
local function whole(text)
  local number = text and tostring(text):match('^%d+$') and tonumber(text)
  return number and number <= 2 ^ 53 and number or nil
end

-- The time of the server, in microseconds.
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

-- Why a job cannot be used; nil for one that can.
local function defect(job)
  local function is_not(field, expected)
    return 'field `' .. field .. '`: it is ' .. (job[field] and 'not ' .. expected or 'missing')
  end
  if not STATES[job.state] then return is_not('state', 'a state') end
  for _, field in ipairs(NUMBERS) do
    if not whole(job[field]) then return is_not(field, 'a whole number') end
  end
  if job.claimed and not whole(job.claimed) then return is_not('claimed', 'a whole number') end
  for _, field in ipairs({ 'service', 'priority' }) do
    if not (job[field] or ''):match('^[a-z_]+$') then return is_not(field, 'a name') end
  end
  if not (job.class or ''):match('^%S+ .+$') then return is_not('class', 'a class') end
  if job.settled and not job.settled:match('^%d+ [a-z_]+$') then
    return is_not('settled', 'an answer')
  end
end

-- A job, in which a field that is not set is nil. Without one it is nil; so it is, with the reason,
-- if it cannot be used.
local function load(id)
  local values = redis.pcall('HMGET', job_key(id), unpack(STATE))
  if values.err then
    local found = redis.call('TYPE', job_key(id)).ok
    if found ~= 'hash' then return nil, 'it is a ' .. found .. ', not a hash' end
    -- The error is none of this job's, and ends the script.
    values = redis.call('HMGET', job_key(id), unpack(STATE))
  end
  if not values[1] and redis.call('EXISTS', job_key(id)) == 0 then return nil end
  local job = { id = id }
  for i, field in ipairs(STATE) do job[field] = values[i] or nil end
  local reason = defect(job)
  if reason then return nil, reason end
  return job
end

-- The answer about a job that cannot be read.
local function foreign(id, reason)
  return redis.error_reply('FOREIGNRECORD ' .. id .. ' ' .. reason)
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

-- A profile, to compare with classes; nil for what is none.
local function read_profile(text)
  local is_json, profile = pcall(cjson.decode, text)
  if not is_json or type(profile) ~= 'table' or type(profile.services) ~= 'table'
    or type(profile.capabilities) ~= 'table' then
    return nil
  end
  local services = {}
  for _, service in ipairs(profile.services) do services[service] = true end
  return { services = services, capabilities = profile.capabilities }
end

-- Whether workers of a profile can run the jobs of a class.
local function can_run(profile, class)
  local service, requirements = class:match('^(%S+) (.*)$')
  if not service or not profile.services[service] then return false end
  if requirements == '{}' then return true end
  local is_json, needed = pcall(cjson.decode, requirements)
  return is_json and type(needed) == 'table' and are_met_by(needed, profile.capabilities)
end

-- The first job of a class with its rank; nil without one.
local function head_of(class)
  local head = redis.call('ZRANGE', queue_key(class), 0, 0, 'WITHSCORES')
  return head[1], head[2]
end

-- Counts the jobs that wait, where they wait.
local function recount()
  local jobs = redis.call('ZCARD', DELAYED)
  for _, class in ipairs(redis.call('HKEYS', CLASSES)) do
    jobs = jobs + redis.call('ZCARD', queue_key(class))
  end
  redis.call('SET', QUEUED, jobs)
  return jobs
end

-- The number of jobs that wait.
local function queued()
  local jobs = redis.pcall('GET', QUEUED)
  return type(jobs) == 'string' and whole(jobs) or recount()
end

-- Counts a job that waits, or waits no more: it is there, or gone, already.
local function count(change)
  local jobs = redis.pcall('INCRBY', QUEUED, change)
  if type(jobs) ~= 'number' or jobs < 0 then recount() end
end

-- The number of a new job, behind those that wait.
local function next_number()
  local number = redis.pcall('INCR', SUBMITTED)
  -- The first one may be that of a counter that was removed.
  if type(number) == 'number' and number > 1 and number < 2 ^ 50 then return number end
  local last = 0
  for _, class in ipairs(redis.call('HKEYS', CLASSES)) do
    for priority = 0, 3 do
      local first, behind = priority * 2 ^ 50, string.format('(%.0f', (priority + 1) * 2 ^ 50)
      local newest = redis.call(
        'ZREVRANGEBYSCORE', queue_key(class), behind, first, 'WITHSCORES', 'LIMIT', 0, 1
      )
      if newest[2] then last = math.max(last, tonumber(newest[2]) - first) end
    end
  end
  number = math.min(last + 1, 2 ^ 50 - 1)
  redis.call('SET', SUBMITTED, number)
  return number
end

-- Offers a job to workers. `served` is the time when a worker was there last that could run it.
local function offer(job, served)
  redis.call('ZADD', queue_key(job.class), job.rank, job.id)
  if redis.call('HSET', CLASSES, job.class, served) == 1 then
    local profiles = redis.call('HGETALL', PROFILES)
    for i = 1, #profiles, 2 do
      local profile = read_profile(profiles[i + 1])
      if not profile then
        -- The next call of a worker with the profile makes both again.
        redis.call('HDEL', PROFILES, profiles[i])
        redis.call('DEL', heads_key(profiles[i]))
      elseif can_run(profile, job.class) then
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

-- Takes note of the first job of a class.
local function renew_head(class)
  local head, rank = head_of(class)
  if not head then redis.call('HDEL', CLASSES, class) end
  for _, profile in ipairs(redis.call('HKEYS', PROFILES)) do
    if head then
      redis.call('ZADD', heads_key(profile), 'XX', rank, class)
    else
      redis.call('ZREM', heads_key(profile), class)
    end
  end
end

-- Takes a job out of the queue.
local function withdraw(job)
  local was_head = head_of(job.class) == job.id
  local removed = redis.call('ZREM', queue_key(job.class), job.id)
  if removed == 0 then removed = redis.call('ZREM', DELAYED, job.id) end
  if removed == 1 then count(-1) end
  if was_head then renew_head(job.class) end
end

-- Puts a job aside that cannot be read, and that has left the place where it was met.
local function put_aside(id, reason)
  local is_record = redis.call('TYPE', job_key(id)).ok == 'hash'
  if is_record and redis.call('HGET', job_key(id), 'state') == 'failed' then return end
  report('job ' .. id, reason)
  if is_record then
    local message = 'the record of the job cannot be read: ' .. reason
    redis.call('HSET', job_key(id), 'state', 'failed', 'failure', cjson.encode({
      reason = 'invalid_input', message = message,
    }))
  end
  -- Its record is dropped in its turn.
  redis.call('RPUSH', FINISHED, id)
end

-- Tells of a job that is known and has no record.
local function miss(id) report('job ' .. id, 'its record is gone') end

-- A job that waits in a class; nil if it is not so, and then it is not in the class any more.
local function queued_job(class, id)
  local job, reason = load(id)
  if job and job.state == 'queued' then
    if job.class == class then return job end
    reason = 'field `class`: the job waits in another class'
  end
  withdraw({ id = id, class = class })
  if reason then
    put_aside(id, reason)
  elseif not job then
    miss(id)
  end
  return nil
end

local function take_from_worker(job)
  if job.worker then redis.call('SREM', held_key(job.worker), job.id) end
end

-- Queues a job again that a worker had.
local function put_back(job, time)
  take_from_worker(job)
  set(job, { state = 'queued', progress = 0 })
  offer(job, time)
  count(1)
  announce(job)
end

-- Drops the oldest of too many records.
local function drop(max_finished)
  while redis.call('LLEN', FINISHED) > tonumber(max_finished) do
    redis.call('UNLINK', job_key(redis.call('LPOP', FINISHED)))
  end
end

-- Ends a job that does not wait any more.
local function finish(job, fields, max_finished)
  take_from_worker(job)
  -- What is kept of a request when its job is over.
  fields.request = redis.call('HGET', job_key(job.id), 'kept') or nil
  if fields.request then redis.call('HDEL', job_key(job.id), 'kept') end
  set(job, fields)
  announce(job)
  redis.call('RPUSH', FINISHED, job.id)
  drop(max_finished)
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

local function is_held(job, worker)
  return job and (job.state == 'assigned' or job.state == 'running') and job.worker == worker
end

-- Whether a worker has a job by this claim.
local function is_leased(job, worker, claim)
  return is_held(job, worker) and job.claim == claim
end

-- A job that a worker has; nil if it is not so, and then it is not among its jobs any more.
local function held_job(worker, id)
  local job, reason = load(id)
  if is_held(job, worker) then return job end
  if redis.call('SREM', held_key(worker), id) == 1 then
    if reason then
      put_aside(id, reason)
    elseif not job then
      miss(id)
    end
  end
  return nil
end

-- Takes note of a worker, and returns its profile. `able` has its services and capabilities.
local function see(worker, able, slots, time)
  local profile = redis.sha1hex(able)
  redis.call('ZADD', WORKERS, time, worker)
  redis.call('HSET', WORKER_INFO, worker, slots .. ' ' .. profile)
  local is_new = redis.call('HSETNX', PROFILES, profile, able) == 1
  if is_new or not redis.call('ZSCORE', heads_key(profile), COMPLETE) then
    local read = read_profile(able)
    redis.call('DEL', heads_key(profile))
    redis.call('ZADD', heads_key(profile), '+inf', COMPLETE)
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
  -- As many slots as a worker can have.
  local slots, profile = info:match('^(%d%d?%d?%d?) (%x+)$')
  return slots and tonumber(slots), profile
end

-- Whether the name of a worker is that of another process.
local function is_of_another(worker, process)
  local owner = redis.call('HGET', OWNERS, worker)
  return owner and owner ~= process
end

local NAME_TAKEN = redis.error_reply('NAMED another worker has the same name')

-- Forgets a worker that has no jobs.
local function forget(worker)
  redis.call('HDEL', OWNERS, worker)
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
