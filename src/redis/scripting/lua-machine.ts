import type { LuaFunction, LuaState } from 'fengari/src/lua.js';

import { errorReply, type Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import { openLibraries } from './lua-libraries.ts';
import { fromLuaText, popReply, pushItems, textOf, toLuaText } from './lua-values.ts';
import type { Lua } from './load-lua.ts';
import { createRedisLibrary } from './redis-library.ts';
import type { FindCommand } from './redis-library.ts';

const hookEvery = 10_000;
const chunkName = toLuaText('@user_script');

export interface ScriptCall {
  readonly sha1: string;
  readonly keys: readonly string[];
  readonly parameters: readonly string[];
}

/** One state of Lua for all scripts: they share nothing, since nobody can set anything global in it. */
export class LuaMachine {
  private readonly lua: Lua;
  private readonly state: LuaState;
  private readonly onError: LuaFunction;
  private session: Session | undefined;
  private instructions = 0;

  constructor(lua: Lua, findCommand: FindCommand) {
    this.lua = lua;
    this.state = lua.luaL_newstate();
    openLibraries(lua, this.state, createRedisLibrary(lua, { findCommand, session: () => this.session }));
    this.onError = createErrorHandler(lua);
  }

  /** Compiles a script; gives a reference to it, or why that cannot be. */
  compile(text: string): number | string {
    const { lua, state } = this;
    // What a first line of Redis 7's kind says is about replicas and clusters.
    const bytes = toLuaText(text.replace(/^#![^\n]*/, ''));
    const outcome = lua.luaL_loadbufferx(state, bytes, bytes.length, chunkName, null);
    if (outcome === lua.LUA_OK) return lua.luaL_ref(state, lua.LUA_REGISTRYINDEX);
    const reason = fromLuaText(lua.lua_tostring(state, -1));
    lua.lua_settop(state, 0);
    return reason;
  }

  forget(reference: number): void {
    this.lua.luaL_unref(this.state, this.lua.LUA_REGISTRYINDEX, reference);
  }

  run(reference: number, { sha1, keys, parameters }: ScriptCall, session: Session): Reply {
    const { lua, state } = this;
    this.session = session;
    const { database } = session;
    this.setGlobal('KEYS', keys);
    this.setGlobal('ARGV', parameters);
    this.limit(session.instance.limits.maxScriptInstructions);
    lua.lua_pushcfunction(state, this.onError);
    lua.lua_rawgeti(state, lua.LUA_REGISTRYINDEX, reference);
    const outcome = lua.lua_pcall(state, 0, 1, 1);
    lua.lua_sethook(state, null, 0, 0);
    // What a script selects, it selects for itself.
    session.database = database;
    const reply = outcome === lua.LUA_OK ? popReply(lua, state) : errorReply(this.describeError(sha1));
    lua.lua_settop(state, 0);
    this.session = undefined;
    return reply;
  }

  private setGlobal(name: string, items: readonly string[]): void {
    const { lua, state } = this;
    lua.lua_pushglobaltable(state);
    lua.lua_pushstring(state, toLuaText(name));
    pushItems(lua, state, items);
    lua.lua_rawset(state, -3);
    lua.lua_settop(state, -2);
  }

  /** Ends a script that goes on too long; where it catches that, it is told again with its next instruction. */
  private limit(maxInstructions: number): void {
    const { lua, state } = this;
    this.instructions = 0;
    const stop = (): void => {
      this.instructions += hookEvery;
      if (this.instructions < maxInstructions) return;
      lua.lua_sethook(state, stop, lua.LUA_MASKCOUNT, 1);
      lua.lua_pushstring(state, toLuaText(`script ended after ${maxInstructions} instructions`));
      lua.lua_error(state);
    };
    lua.lua_sethook(state, stop, lua.LUA_MASKCOUNT, hookEvery);
  }

  private describeError(sha1: string): string {
    const { lua, state } = this;
    if (lua.lua_type(state, -1) !== lua.LUA_TTABLE) return `ERR the script failed script: ${sha1}`;
    const message = textOf(lua, state, 'err') ?? 'ERR unknown error';
    const source = textOf(lua, state, 'source');
    lua.lua_getfield(state, -1, toLuaText('line'));
    const line = lua.lua_tonumber(state, -1);
    lua.lua_settop(state, -2);
    return `${message} script: ${sha1}${source === undefined ? '' : `, on ${source}:${line}.`}`;
  }
}

/** Makes of whatever was raised a table that also says where, as Redis does. */
function createErrorHandler(lua: Lua): LuaFunction {
  return (state) => {
    if (lua.lua_type(state, 1) !== lua.LUA_TTABLE) {
      const text = fromLuaText(lua.luaL_tolstring(state, 1));
      lua.lua_settop(state, 0);
      lua.lua_createtable(state, 0, 3);
      lua.lua_pushstring(state, toLuaText(`ERR ${text}`));
      lua.lua_setfield(state, -2, toLuaText('err'));
    }
    const place = placeOf(lua, state);
    if (place === undefined) return 1;
    lua.lua_pushstring(state, toLuaText(place.source));
    lua.lua_setfield(state, 1, toLuaText('source'));
    lua.lua_pushnumber(state, place.line);
    lua.lua_setfield(state, 1, toLuaText('line'));
    return 1;
  };
}

/** Where in the script it was raised: by its own code, or by a function of ours that it has called. */
function placeOf(lua: Lua, state: LuaState): { readonly source: string; readonly line: number } | undefined {
  for (const level of [1, 2, 3]) {
    const record = new lua.lua_Debug();
    if (lua.lua_getstack(state, level, record) === 0) return undefined;
    lua.lua_getinfo(state, toLuaText('nSl'), record);
    const source = fromLuaText(record.source);
    if (source.startsWith('@')) return { source, line: record.currentline };
  }
  return undefined;
}
