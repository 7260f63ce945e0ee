import type { LuaFunction } from 'fengari/src/lua.js';

import { formatLuaNumber } from './format-lua-number.ts';

/** Lua, once it is loaded: its functions, and the libraries that scripts have. */
export type Lua = Awaited<ReturnType<typeof loadLua>>;

/**
 * Loads Lua when the first script comes, since most systems have none. Redis runs Lua 5.1, whose numbers are all
 * doubles; this one is 5.3 with integers of 32 bits. So before its parts see each other, what makes integers is replaced
 * by what makes doubles.
 */
export async function loadLua() {
  // Read when it is loaded: no ".0" behind whole numbers.
  process.env['FENGARICONF'] = '{"LUA_COMPAT_FLOATSTRING":true}';
  // Its parts need each other in circles, which hold in this order alone.
  await import('fengari/src/defs.js');
  const { default: luaconf } = await import('fengari/src/luaconf.js');
  luaconf.lua_number2str = formatLuaNumber;
  const { default: lua } = await import('fengari/src/lua.js');
  lua.lua_pushinteger = lua.lua_pushnumber;
  const { default: lobject } = await import('fengari/src/lobject.js');
  lobject.TValue.prototype.setivalue = lobject.TValue.prototype.setfltvalue;
  const { default: lauxlib } = await import('fengari/src/lauxlib.js');
  const { luaL_checknumber: checkNumber, luaL_opt: optional } = lauxlib;
  lauxlib.luaL_checkinteger = (state, argument) => Math.trunc(checkNumber(state, argument));
  lauxlib.luaL_optinteger = (state, argument, otherwise) =>
    optional(state, lauxlib.luaL_checkinteger, argument, otherwise);
  const { default: lualib } = await import('fengari/src/lualib.js');
  delete process.env['FENGARICONF'];
  const libraries: readonly (readonly [string, LuaFunction])[] = [
    ['_G', lualib.luaopen_base],
    ['string', lualib.luaopen_string],
    ['table', lualib.luaopen_table],
    ['math', lualib.luaopen_math],
  ];
  return { ...lua, ...lauxlib, libraries };
}
