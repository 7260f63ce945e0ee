export const scripting = String.raw`
EVAL
EVAL "return 1"
EVAL "return 1" x
EVAL "return 1" -1
EVAL "return 1" 1
EVAL "return 1" 0
EVAL "return 3.99" 0
EVAL "return -3.99" 0
EVAL "return 'text'" 0
EVAL "return true" 0
EVAL "return false" 0
EVAL "return nil" 0
EVAL "return" 0
EVAL "return {}" 0
EVAL "return {1,2,{3,'four'},nil,5}" 0
EVAL "return {1,false,true,'x'}" 0
EVAL "return {ok='FINE'}" 0
EVAL "return {err='MY error'}" 0
EVAL "return {err='MYERROR'}" 0
EVAL "return redis.status_reply('FINE')" 0
EVAL "return redis.error_reply('MY error')" 0
EVAL "return redis.error_reply('-MY error')" 0
EVAL "return redis.error_reply('MYERROR')" 0
EVAL "return {double=3.5}" 0
EVAL "return {map={a=1}}" 0
EVAL "return {KEYS[1],KEYS[2],ARGV[1],ARGV[2],#KEYS,#ARGV}" 2 k1 k2 a1
EVAL "return {KEYS[1], ARGV[1]}" 1 "\x00\xff\r\n" "\xe4"
DEL s n l h z
EVAL "return redis.call('SET', KEYS[1], ARGV[1])" 1 s text
EVAL "return redis.call('GET', KEYS[1])" 1 s
EVAL "return redis.call('GET', KEYS[1])" 1 nothing
EVAL "return redis.call('GET', KEYS[1]) == false" 1 nothing
EVAL "return redis.call('INCRBY', KEYS[1], 5)" 1 n
EVAL "return redis.call('INCRBY', KEYS[1], 2^31) + 1" 1 n
EVAL "return redis.call('SET', KEYS[1], 1764108000 * 1000000)" 1 n
GET n
EVAL "return redis.call('SET', KEYS[1], 1.5)" 1 n
GET n
EVAL "return tostring(1764108000 * 1000000)" 0
EVAL "return tostring(1764108000)" 0
EVAL "return 1764108000 * 1000000 + 123456" 0
EVAL "return tostring(1/3)" 0
EVAL "return tostring(1e15) .. ' ' .. tostring(1e-5) .. ' ' .. 0.0001 .. ' ' .. 100000000000000" 0
EVAL "return 10 / 4" 0
EVAL "return tostring(10 / 4)" 0
EVAL "return tostring(7 % 3) .. ' ' .. tostring(-7 % 3)" 0
EVAL "return tostring(math.floor(1764108000.7) * math.floor(1000.2))" 0
EVAL "return string.format('%d %s %5.2f %.0f %x', 42, 'a', 1.005, 1764108000123456, 255)" 0
EVAL "return string.format('%d', 1764108000123456)" 0
EVAL "return tonumber('1764108000') * 1000000" 0
EVAL "return tonumber('0x10')" 0
EVAL "return tonumber('nothing')" 0
EVAL "local t = {} for i = 1, 5 do t[#t + 1] = i * i end return t" 0
EVAL "local s = 0 for _, v in ipairs({1, 2, 3}) do s = s + v end return s" 0
EVAL "return {unpack({1, 2, 3})}" 0
EVAL "return table.concat({1, 2, 'x'}, ',')" 0
EVAL "return string.rep('ab', 3)" 0
EVAL "return string.sub('abcdef', 2, -2)" 0
EVAL "return {string.find('hello', 'l')}" 0
EVAL "return {string.gsub('hello', 'l', 'L')}" 0
EVAL "return math.max(1, 2.5, 2)" 0
EVAL "return #'abc'" 0
EVAL "return loadstring('return 7')()" 0
EVAL "return {math.pow(2, 10), math.mod(7, 4), table.getn({1, 2})}" 0
EVAL "return redis.sha1hex('')" 0
EVAL "return redis.call('RPUSH', 'l', 'a', 'b', 'c')" 0
EVAL "return redis.call('LRANGE', 'l', 0, -1)" 0
EVAL "return redis.call('HSET', 'h', 'f', 'v')" 0
EVAL "return redis.call('HGETALL', 'h')" 0
EVAL "return redis.call('ZADD', 'z', 1.5, 'm')" 0
EVAL "return redis.call('ZSCORE', 'z', 'm')" 0
EVAL "return redis.call('ZRANGE', 'z', 0, -1, 'WITHSCORES')" 0
EVAL "return redis.call('TYPE', 'z')" 0
EVAL "return redis.call('TYPE', 'z').ok" 0
EVAL "return redis.call('PING')" 0
EVAL "return redis.call('INCR', 's')" 0
EVAL "return redis.pcall('INCR', 's')" 0
EVAL "return redis.pcall('INCR', 's').err" 0
EVAL "return tostring(pcall(redis.call, 'INCR', 's'))" 0
EVAL "return redis.call('NOTHING')" 0
EVAL "return redis.call('GET')" 0
EVAL "return redis.call()" 0
EVAL "return redis.call({})" 0
EVAL "return redis.call('SUBSCRIBE', 'x')" 0
EVAL "return redis.call('MULTI')" 0
EVAL "return redis.call('EVAL', 'return 1', 0)" 0
EVAL "return redis.call('BLPOP', 'nothing', 0)" 0
EVAL "error('boom')" 0
EVAL "error({err='MY boom'})" 0
EVAL "\n\nerror('third line')" 0
EVAL "return nothing" 0
EVAL "x = 1" 0
EVAL "return pcall(function() error('caught') end)" 0
EVAL "return 1 + {}" 0
EVAL "return type(os)" 0
EVAL "return type(print)" 0
EVAL "#!lua\nreturn 5" 0
SCRIPT
SCRIPT NOTHING
SCRIPT LOAD "return 42"
SCRIPT LOAD
SCRIPT EXISTS
SCRIPT EXISTS 1fa00e76656cc152ad327c13fe365858fd7be306 nothing
EVALSHA 1fa00e76656cc152ad327c13fe365858fd7be306 0
EVALSHA 1FA00E76656CC152AD327C13FE365858FD7BE306 0
EVALSHA 1fa00e76656cc152ad327c13fe365858fd7be306 x
EVALSHA nothing 0
EVALSHA ffffffffffffffffffffffffffffffffffffffff 0
SCRIPT FLUSH NOTHING
SCRIPT FLUSH
SCRIPT FLUSH ASYNC
SCRIPT EXISTS 1fa00e76656cc152ad327c13fe365858fd7be306
EVALSHA 1fa00e76656cc152ad327c13fe365858fd7be306 0
MULTI
EVAL "return redis.call('SET', KEYS[1], 'in exec')" 1 s
EVAL "return nothing" 0
SCRIPT LOAD "return 42"
EXEC
GET s
SELECT 1
EVAL "return redis.call('SET', 'other', 1)" 0
GET other
EVAL "return redis.call('SELECT', 2)" 0
SET other 2
SELECT 2
GET other
FLUSHALL
`;
