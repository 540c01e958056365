-- For wrk: posts prepared requests, one a line (key, proof and body, apart by tabs), each line once.
-- With RATE, so many a second in all are sent, on a clock of its own; else as fast as answers come.
local ffi = require("ffi")
ffi.cdef [[ typedef struct { long sec; long nsec; } moment; int clock_gettime(int clock, moment *now); ]]
local now = ffi.new("moment")
local threads = 0

local function milliseconds()
  ffi.C.clock_gettime(1, now)
  return tonumber(now.sec) * 1000 + tonumber(now.nsec) / 1e6
end

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(arguments)
  local file, rate, of = arguments[1], tonumber(arguments[2]), tonumber(arguments[3])
  lines = {}
  local at = 0
  for line in io.lines(file) do
    if at % of == number then lines[#lines + 1] = line end
    at = at + 1
  end
  place, pause = 0, rate > 0 and 1000 * of / rate or 0
  due = milliseconds() + pause * number / of
end

function delay()
  if pause == 0 then return 0 end
  due = due + pause
  return math.max(0, math.floor(due - milliseconds() + 0.5))
end

function request()
  place = place + 1
  if place > #lines then
    wrk.thread:stop()
    place = #lines
  end
  local key, proof, body = lines[place]:match("^(.-)\t(.-)\t(.*)$")
  return wrk.format("POST", nil, {
    ["Content-Type"] = "application/json", ["Idempotency-Key"] = key, ["Altcha"] = proof,
  }, body)
end

function done(summary, latency)
  local told = '{"requests": %d, "microseconds": %d, "refused": %d, "broken": %d, "p50_ms": %.3f, "p99_ms": %.3f}\n'
  local errors = summary.errors
  io.write(told:format(
    summary.requests, summary.duration, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000
  ))
end
