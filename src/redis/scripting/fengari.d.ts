/** What is used of fengari, which has no types of its own. Texts are bytes. */

declare module 'fengari/src/defs.js';

declare module 'fengari/src/luaconf.js' {
  const luaconf: { lua_number2str: (value: number) => string };
  export default luaconf;
}

declare module 'fengari/src/lobject.js' {
  interface TaggedValue {
    setivalue: (this: TaggedValue, value: number) => void;
    setfltvalue: (this: TaggedValue, value: number) => void;
  }
  const lobject: { TValue: { prototype: TaggedValue } };
  export default lobject;
}

declare module 'fengari/src/lua.js' {
  export interface LuaState {
    readonly unique: 'a state of Lua';
  }
  export type LuaFunction = (state: LuaState) => number;
  export interface LuaDebug {
    source: Uint8Array | null;
    what: Uint8Array | null;
    currentline: number;
  }
  const lua: {
    readonly LUA_OK: number;
    readonly LUA_MULTRET: number;
    readonly LUA_REGISTRYINDEX: number;
    readonly LUA_RIDX_GLOBALS: number;
    readonly LUA_MASKCOUNT: number;
    readonly LUA_TNIL: number;
    readonly LUA_TBOOLEAN: number;
    readonly LUA_TNUMBER: number;
    readonly LUA_TSTRING: number;
    readonly LUA_TTABLE: number;
    readonly lua_Debug: new () => LuaDebug;
    lua_pushnil: (state: LuaState) => void;
    lua_pushboolean: (state: LuaState, value: boolean) => void;
    lua_pushnumber: (state: LuaState, value: number) => void;
    lua_pushinteger: (state: LuaState, value: number) => void;
    lua_pushstring: (state: LuaState, bytes: Uint8Array) => void;
    lua_pushvalue: (state: LuaState, index: number) => void;
    lua_pushcfunction: (state: LuaState, run: LuaFunction) => void;
    lua_createtable: (state: LuaState, items: number, fields: number) => void;
    lua_setfield: (state: LuaState, index: number, name: Uint8Array) => void;
    lua_getfield: (state: LuaState, index: number, name: Uint8Array) => number;
    lua_rawgeti: (state: LuaState, index: number, position: number) => number;
    lua_rawseti: (state: LuaState, index: number, position: number) => void;
    lua_rawset: (state: LuaState, index: number) => void;
    lua_setglobal: (state: LuaState, name: Uint8Array) => void;
    lua_setmetatable: (state: LuaState, index: number) => void;
    lua_pushglobaltable: (state: LuaState) => void;
    lua_next: (state: LuaState, index: number) => number;
    lua_type: (state: LuaState, index: number) => number;
    lua_toboolean: (state: LuaState, index: number) => boolean;
    lua_tonumber: (state: LuaState, index: number) => number;
    lua_tostring: (state: LuaState, index: number) => Uint8Array | null;
    lua_gettop: (state: LuaState) => number;
    lua_settop: (state: LuaState, index: number) => void;
    lua_insert: (state: LuaState, index: number) => void;
    lua_pcall: (state: LuaState, parameters: number, results: number, handler: number) => number;
    lua_error: (state: LuaState) => number;
    lua_sethook(state: LuaState, hook: ((state: LuaState) => void) | null, mask: number, count: number): void;
    lua_getstack: (state: LuaState, level: number, record: LuaDebug) => number;
    lua_getinfo: (state: LuaState, what: Uint8Array, record: LuaDebug) => number;
    lua_checkstack: (state: LuaState, count: number) => boolean;
  };
  export default lua;
}

declare module 'fengari/src/lauxlib.js' {
  import type { LuaFunction, LuaState } from 'fengari/src/lua.js';

  const lauxlib: {
    luaL_newstate: () => LuaState;
    luaL_loadbufferx: (state: LuaState, text: Uint8Array, size: number, name: Uint8Array, mode: null) => number;
    luaL_requiref: (state: LuaState, name: Uint8Array, open: LuaFunction, isGlobal: boolean) => void;
    luaL_ref: (state: LuaState, index: number) => number;
    luaL_unref: (state: LuaState, index: number, reference: number) => void;
    luaL_tolstring: (state: LuaState, index: number) => Uint8Array;
    luaL_checknumber: (state: LuaState, argument: number) => number;
    luaL_checkinteger: (state: LuaState, argument: number) => number;
    luaL_optinteger: (state: LuaState, argument: number, otherwise: number) => number;
    luaL_opt: (
      state: LuaState,
      read: (state: LuaState, argument: number) => number,
      argument: number,
      otherwise: number,
    ) => number;
  };
  export default lauxlib;
}

declare module 'fengari/src/lualib.js' {
  import type { LuaFunction } from 'fengari/src/lua.js';

  const lualib: {
    luaopen_base: LuaFunction;
    luaopen_string: LuaFunction;
    luaopen_table: LuaFunction;
    luaopen_math: LuaFunction;
  };
  export default lualib;
}
