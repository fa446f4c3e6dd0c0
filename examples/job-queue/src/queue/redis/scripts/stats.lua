-- Counts jobs that wait and that workers have, workers, those with a free slot, and slots.
-- ARGV: worker_expiry.
local time = now()
local since = judging_since(time)
local running, count, available, slots = 0, 0, 0, 0
local seen = redis.call('ZRANGE', WORKERS, 0, -1, 'WITHSCORES')
for i = 1, #seen, 2 do
  local held = redis.call('SCARD', held_key(seen[i]))
  running = running + held
  local own_slots = worker_info(seen[i])
  if own_slots and time - math.max(tonumber(seen[i + 1]), since) <= tonumber(ARGV[1]) then
    count = count + 1
    slots = slots + own_slots
    if held < own_slots then available = available + 1 end
  end
end
return { queued(), running, count, available, slots }
