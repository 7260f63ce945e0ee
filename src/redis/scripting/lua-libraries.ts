import type { LuaFunction, LuaState } from 'fengari/src/lua.js';

import { fromLuaText, toLuaText } from './lua-values.ts';
import type { Lua } from './load-lua.ts';

/** What 5.1 has and 5.3 has not, and what a script must not have. */
const prelude = `
unpack = table.unpack
loadstring = load
table.getn = function(list) return #list end
table.maxn = function(list)
  local most = 0
  for key in pairs(list) do if type(key) == 'number' and key > most then most = key end end
  return most
end
math.pow = function(base, power) return base ^ power end
math.log10 = function(value) return math.log(value, 10) end
math.mod = math.fmod
dofile, loadfile, print, collectgarbage = nil, nil, nil, nil
local rep, longest = string.rep, 64 * 1024 * 1024
string.rep = function(text, count, between)
  local length = #text * count + #(between or '') * count
  if length > longest then error('resulting string too large', 2) end
  return rep(text, count, between)
end
`;

/** Gives the table in which scripts find what is global: one that nobody can change, like the libraries in it. */
const lock = `
local all, set, meta = _G, rawset, getmetatable
local function refuse() error('Attempt to modify a readonly table', 2) end
local function locked(content)
  return setmetatable({}, { __index = content, __newindex = refuse, __metatable = false })
end
for _, name in ipairs({ 'string', 'table', 'math', 'os', 'redis' }) do all[name] = locked(all[name]) end
all.server = all.redis
meta('').__metatable = false
all.rawset = function(content, key, value)
  if meta(content) == false then refuse() end
  return set(content, key, value)
end
setmetatable(all, {
  __index = function(_, name)
    error("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2)
  end,
})
all._G = locked(all)
return all._G
`;

/** Gives a state the libraries of Redis, and locks what is global. */
export function openLibraries(lua: Lua, state: LuaState, redis: Readonly<Record<string, LuaFunction | number>>): void {
  for (const [name, open] of lua.libraries) {
    lua.luaL_requiref(state, toLuaText(name), open, true);
    lua.lua_settop(state, 0);
  }
  lua.lua_createtable(state, 0, 1);
  lua.lua_pushcfunction(state, (current) => {
    lua.lua_pushnumber(current, process.cpuUsage().user / 1e6);
    return 1;
  });
  lua.lua_setfield(state, -2, toLuaText('clock'));
  lua.lua_setglobal(state, toLuaText('os'));
  lua.lua_createtable(state, 0, Object.keys(redis).length);
  for (const [name, member] of Object.entries(redis)) {
    if (typeof member === 'number') lua.lua_pushnumber(state, member);
    else lua.lua_pushcfunction(state, member);
    lua.lua_setfield(state, -2, toLuaText(name));
  }
  lua.lua_setglobal(state, toLuaText('redis'));
  runText(lua, state, prelude);
  runText(lua, state, lock);
  lua.lua_rawseti(state, lua.LUA_REGISTRYINDEX, lua.LUA_RIDX_GLOBALS);
  lua.lua_settop(state, 0);
}

function runText(lua: Lua, state: LuaState, text: string): void {
  const bytes = toLuaText(text);
  const isGood =
    lua.luaL_loadbufferx(state, bytes, bytes.length, toLuaText('=msa'), null) === lua.LUA_OK &&
    lua.lua_pcall(state, 0, 1, 0) === lua.LUA_OK;
  if (!isGood) throw new Error(fromLuaText(lua.lua_tostring(state, -1)));
}
