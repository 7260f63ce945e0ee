import type { LuaState } from 'fengari/src/lua.js';

import { formatDouble } from '../numbers/doubles.ts';
import { double, errorReply, map, set, status, verbatim, type Reply } from '../resp/reply.ts';
import type { Lua } from './load-lua.ts';

const deepest = 100;
const tooDeep = errorReply('ERR reached lua stack limit');

/** A byte string as Lua has it. */
export function toLuaText(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

export function fromLuaText(bytes: Uint8Array | null): string {
  return bytes === null ? '' : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** Puts what a command answers on the stack, in the way of RESP2. */
export function pushReply(lua: Lua, state: LuaState, reply: Reply): void {
  if (typeof reply === 'string') lua.lua_pushstring(state, toLuaText(reply));
  else if (typeof reply === 'number' || typeof reply === 'bigint') lua.lua_pushnumber(state, Number(reply));
  else if (reply === null) lua.lua_pushboolean(state, false);
  else if ('kind' in reply) pushSpecial(lua, state, reply);
  else pushItems(lua, state, reply);
}

function pushSpecial(lua: Lua, state: LuaState, reply: Extract<Reply, { readonly kind: string }>): void {
  switch (reply.kind) {
    case 'status':
      return pushField(lua, state, ['ok', reply.text]);
    case 'error':
      return pushField(lua, state, ['err', reply.text]);
    case 'double':
      return lua.lua_pushstring(state, toLuaText(formatDouble(reply.value)));
    case 'verbatim':
      return lua.lua_pushstring(state, toLuaText(reply.text));
    case 'map':
    case 'pairs':
      return pushItems(lua, state, reply.entries.flat());
    case 'set':
    case 'push':
      return pushItems(lua, state, reply.items);
    case 'null-array':
    case 'none':
      return lua.lua_pushboolean(state, false);
  }
}

/** A table with one field. */
export function pushField(lua: Lua, state: LuaState, [name, text]: readonly [string, string]): void {
  lua.lua_createtable(state, 0, 1);
  lua.lua_pushstring(state, toLuaText(text));
  lua.lua_setfield(state, -2, toLuaText(name));
}

export function pushItems(lua: Lua, state: LuaState, items: readonly Reply[]): void {
  lua.lua_checkstack(state, 4);
  lua.lua_createtable(state, items.length, 0);
  for (const [index, item] of items.entries()) {
    pushReply(lua, state, item);
    lua.lua_rawseti(state, -2, index + 1);
  }
}

/** What a script gives back, as a reply. It takes the value off the stack. */
export function popReply(lua: Lua, state: LuaState, depth = 0): Reply {
  const reply = readReply(lua, state, depth);
  lua.lua_settop(state, -2);
  return reply;
}

function readReply(lua: Lua, state: LuaState, depth: number): Reply {
  switch (lua.lua_type(state, -1)) {
    case lua.LUA_TSTRING:
      return fromLuaText(lua.lua_tostring(state, -1));
    case lua.LUA_TNUMBER:
      return truncate(lua.lua_tonumber(state, -1));
    case lua.LUA_TBOOLEAN:
      return lua.lua_toboolean(state, -1) ? 1 : null;
    case lua.LUA_TTABLE:
      if (depth === deepest || !lua.lua_checkstack(state, 8)) return tooDeep;
      return readTable(lua, state, depth);
    default:
      return null;
  }
}

/** As a machine turns a double into 64 bits. */
function truncate(value: number): number | bigint {
  if (Number.isSafeInteger(value)) return value;
  if (!(Math.abs(value) < 2 ** 63)) return -(2n ** 63n);
  return BigInt(Math.trunc(value));
}

function readTable(lua: Lua, state: LuaState, depth: number): Reply {
  const error = textOf(lua, state, 'err');
  if (error !== undefined) return errorReply(error);
  const ok = textOf(lua, state, 'ok');
  if (ok !== undefined) return status(ok.replaceAll(/[\r\n]/g, ' '));
  return readTyped(lua, state, depth) ?? readItems(lua, state, depth);
}

function readItems(lua: Lua, state: LuaState, depth: number): Reply {
  const items: Reply[] = [];
  while (lua.lua_rawgeti(state, -1, items.length + 1) !== lua.LUA_TNIL) items.push(popReply(lua, state, depth + 1));
  lua.lua_settop(state, -2);
  return items;
}

/** The types that RESP3 alone has. */
function readTyped(lua: Lua, state: LuaState, depth: number): Reply | undefined {
  if (lua.lua_getfield(state, -1, toLuaText('double')) === lua.LUA_TNUMBER) {
    const value = lua.lua_tonumber(state, -1);
    lua.lua_settop(state, -2);
    return double(value);
  }
  lua.lua_settop(state, -2);
  if (lua.lua_getfield(state, -1, toLuaText('verbatim_string')) === lua.LUA_TTABLE) {
    const text = textOf(lua, state, 'string') ?? '';
    lua.lua_settop(state, -2);
    return verbatim(text);
  }
  lua.lua_settop(state, -2);
  return readEntries(lua, state, { field: 'map', depth }) ?? readEntries(lua, state, { field: 'set', depth });
}

interface Entries {
  readonly field: 'map' | 'set';
  readonly depth: number;
}

function readEntries(lua: Lua, state: LuaState, { field, depth }: Entries): Reply | undefined {
  if (lua.lua_getfield(state, -1, toLuaText(field)) !== lua.LUA_TTABLE) {
    lua.lua_settop(state, -2);
    return undefined;
  }
  const entries: (readonly [Reply, Reply])[] = [];
  lua.lua_pushnil(state);
  while (lua.lua_next(state, -2) !== 0) {
    const value = popReply(lua, state, depth + 1);
    lua.lua_pushvalue(state, -1);
    entries.push([popReply(lua, state, depth + 1), value]);
  }
  lua.lua_settop(state, -2);
  return field === 'map' ? map(entries) : set(entries.map(([key]) => key));
}

/** A field of the table on top of the stack, if it is a text. */
export function textOf(lua: Lua, state: LuaState, field: string): string | undefined {
  const isText = lua.lua_getfield(state, -1, toLuaText(field)) === lua.LUA_TSTRING;
  const text = isText ? fromLuaText(lua.lua_tostring(state, -1)) : undefined;
  lua.lua_settop(state, -2);
  return text;
}
