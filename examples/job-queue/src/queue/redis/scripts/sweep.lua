-- Does what is due. Returns how many jobs of dead workers were queued again and have failed, how
-- many jobs became unworkable, how many are tried again, whether there is more to do, and what
-- cannot be read.
-- ARGV: worker_expiry, unworkable_after, max_lost_workers, max_finished, the most jobs of each
-- kind, retry_delay.
local time, limit = now(), tonumber(ARGV[5])
local since = judging_since(time)
local recovered, failed, unworkable, retried = 0, 0, 0, 0

-- Who is dead, and when a worker of each profile was there last.
local profiles, dead = {}, {}
local seen = redis.call('ZRANGE', WORKERS, 0, -1, 'WITHSCORES')
for i = 1, #seen, 2 do
  -- A time to come is one of a clock that was wrong.
  local last = math.min(tonumber(seen[i + 1]), time)
  if last < tonumber(seen[i + 1]) then redis.call('ZADD', WORKERS, last, seen[i]) end
  local is_dead = time - math.max(last, since) > tonumber(ARGV[1])
  if is_dead then dead[#dead + 1] = seen[i] end
  local _, profile = worker_info(seen[i])
  if profile and redis.call('HEXISTS', PROFILES, profile) == 1 then
    profiles[profile] = math.max(profiles[profile] or 0, is_dead and last or time)
  end
end

-- Whether a worker is there that can run the jobs of a class. Its profile has lost the class.
local able = {}
local function is_served(class, rank)
  local is_able = false
  for profile, there in pairs(profiles) do
    if there == time then
      able[profile] = able[profile] or read_profile(redis.call('HGET', PROFILES, profile)) or {}
      if able[profile].services and can_run(able[profile], class) then
        redis.call('ZADD', heads_key(profile), rank, class)
        is_able = true
      end
    end
  end
  return is_able
end

-- When a worker was there last for each class.
local unserved = {}
local classes = redis.call('HGETALL', CLASSES)
for i = 1, #classes, 2 do
  local class, served = classes[i], whole(classes[i + 1])
  local head, rank = head_of(class)
  if head then
    if not served or served > time then
      redis.call('HSET', CLASSES, class, time)
      served = time
    end
    local last = served
    for profile, there in pairs(profiles) do
      if there > last and redis.call('ZSCORE', heads_key(profile), class) then last = there end
    end
    if time - last > tonumber(ARGV[2]) and is_served(class, rank) then last = time end
    if last > served then redis.call('HSET', CLASSES, class, last) end
    if time - last > tonumber(ARGV[2]) then unserved[#unserved + 1] = class end
  else
    renew_head(class)
  end
end
for _, profile in ipairs(redis.call('HKEYS', PROFILES)) do
  if not profiles[profile] then
    redis.call('HDEL', PROFILES, profile)
    redis.call('DEL', heads_key(profile))
  end
end

for _, worker in ipairs(dead) do
  for _, id in ipairs(redis.call('SMEMBERS', held_key(worker))) do
    local job = held_job(worker, id)
    if job and recover(job, time, ARGV[3], ARGV[4]) then
      recovered = recovered + 1
    elseif job then
      failed = failed + 1
    end
  end
  forget(worker)
end

-- What is due later than anything can be is due now: the clock was wrong.
local latest = string.format('(%.0f', time + ARGV[6])
for _, id in ipairs(redis.call('ZRANGEBYSCORE', DELAYED, latest, '+inf', 'LIMIT', 0, limit)) do
  redis.call('ZADD', DELAYED, time, id)
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', DELAYED, '-inf', time, 'LIMIT', 0, limit)) do
  redis.call('ZREM', DELAYED, id)
  local job, reason = load(id)
  if job and job.state == 'queued' then
    -- A worker had the job, so one was there for its class.
    offer(job, time)
    retried = retried + 1
  elseif reason then
    put_aside(id, reason)
  elseif not job then
    miss(id)
  end
end

-- In each priority the oldest jobs are first.
for _, class in ipairs(unserved) do
  -- A job of a dead worker may have come back to the class.
  local served = tonumber(redis.call('HGET', CLASSES, class) or time)
  for priority = 0, time - served > tonumber(ARGV[2]) and 3 or -1 do
    local first, last = priority * 2 ^ 50, '(' .. string.format('%.0f', (priority + 1) * 2 ^ 50)
    local ids = redis.call('ZRANGEBYSCORE', queue_key(class), first, last, 'LIMIT', 0, limit)
    for _, id in ipairs(ids) do
      local job = queued_job(class, id)
      local age = job and time - job.created
      -- One that was made in a time to come says nothing about those behind it.
      if job and age > tonumber(ARGV[2]) and unworkable < limit then
        withdraw(job)
        finish(job, { state = 'unworkable' }, ARGV[4])
        unworkable = unworkable + 1
      elseif job and age >= 0 then
        break
      end
    end
  end
end

recount()
local unreadable = redis.call('LRANGE', UNREADABLE, 0, limit - 1)
redis.call('LTRIM', UNREADABLE, limit, -1)
local is_more = math.max(unworkable, retried, #unreadable) >= limit and 1 or 0
return { recovered, failed, unworkable, retried, is_more, unreadable }
