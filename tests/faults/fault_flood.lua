-- A script that answers an open link over and over: begin, start, one answer, words, send.
local link, token = os.getenv("LINK"), os.getenv("TOKEN")
local steps = { {}, {}, {} } -- visits that wait for their next page
local LAG = 15               -- pages of others in between: replies come back out of order
local sent, count = 0, 0
local words = { "spam", "vote", "ham", "click", "win", "now", "free", "best", "all", "go" }
math.randomseed(4)

local function post(path, visit, fields)
  local headers = {
    ["Content-Type"] = "application/x-www-form-urlencoded",
    ["Cookie"] = os.getenv("COOKIE") .. (visit and ("; visit=" .. visit) or ""),
  }
  return wrk.format("POST", path, headers, fields .. "&csrf_token=" .. token)
end

local function scripted()
  local said = {}
  for n = 1, 8 do said[n] = words[math.random(#words)] end
  return table.concat(said, "+")
end

local acts = {
  function(visit) return post("/", visit, "act=start") end,
  function(visit) return post("/", visit, "act=next&question=told&q_told=no") end,
  function(visit) return post("/", visit, "act=stop&question=words&q_words=" .. scripted()) end,
}

function request()
  count = count + 1
  for step = 3, 1, -1 do
    if #steps[step] > LAG then
      local visit = table.remove(steps[step], 1)
      if steps[step + 1] then table.insert(steps[step + 1], visit) end
      return acts[step](visit)
    end
  end
  return post("/s/" .. link, nil, "act=begin")
end

function response(status, headers)
  local cookie = headers["Set-Cookie"] or headers["set-cookie"] or ""
  local visit = cookie:match("visit=([^;]+)")
  if visit and cookie:find("Max%-Age") then
    sent = sent + 1
    wrk.thread:set("sent", sent)
  elseif visit then
    table.insert(steps[1], visit)
  end
end

-- One clock for all connections: a request is due every 5 ms however long the replies take, so the
-- rush keeps its 200 a second as long as fewer replies are out than there are connections.
local ffi = require("ffi")
ffi.cdef "typedef struct { long s, ns; } heard_time; int clock_gettime(int, heard_time *);"
local at, due = ffi.new("heard_time"), nil
local STEP, MONOTONIC = 1000 / (tonumber(os.getenv("RATE")) or 200), 1

function delay()
  ffi.C.clock_gettime(MONOTONIC, at)
  local now = tonumber(at.s) * 1000 + tonumber(at.ns) / 1e6
  due = math.max((due or now) + STEP, now - 1000) -- what was missed for longer is not made up for
  return math.max(0, due - now)
end

local threads = {}
function setup(thread) table.insert(threads, thread) end

function done(summary, latency)
  local all = 0
  for _, thread in ipairs(threads) do all = all + (thread:get("sent") or 0) end
  local seconds = summary.duration / 1e6
  io.write(string.format('{"requests": %d, "a second": %.0f, "sent": %d, "bad": %d, "p95 ms": %.0f}\n',
    summary.requests, summary.requests / seconds, all,
    summary.errors.status + summary.errors.timeout + summary.errors.read, latency:percentile(95) / 1000))
end
