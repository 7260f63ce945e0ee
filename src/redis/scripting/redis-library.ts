import { createHash } from 'node:crypto';

import type { LuaFunction, LuaState } from 'fengari/src/lua.js';

import { CommandError } from '../command-error.ts';
import type { Handler } from '../commands/command.ts';
import { execute } from '../execute.ts';
import { errorReply, type Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import { fromLuaText, pushField, pushReply, toLuaText } from './lua-values.ts';
import type { Lua } from './load-lua.ts';

const logLevels = { LOG_DEBUG: 0, LOG_VERBOSE: 1, LOG_NOTICE: 2, LOG_WARNING: 3 };
const replication = { REPL_NONE: 0, REPL_AOF: 1, REPL_SLAVE: 2, REPL_REPLICA: 2, REPL_ALL: 3 };

/** Finds what is called by these words; throws a CommandError when there is nothing. */
export type FindCommand = (words: readonly string[]) => {
  readonly name: string;
  readonly run: Handler;
  readonly args: readonly string[];
  readonly flags: string;
};

interface Surroundings {
  readonly findCommand: FindCommand;
  /** Of the client whose script runs. */
  readonly session: () => Session | undefined;
}

/** The table `redis` of scripts. */
export function createRedisLibrary(
  lua: Lua,
  { findCommand, session }: Surroundings,
): Readonly<Record<string, LuaFunction | number>> {
  const raise = (state: LuaState, text: string): number => {
    pushField(lua, state, ['err', text]);
    return lua.lua_error(state);
  };
  const call = (isProtected: boolean): LuaFunction => {
    return (state) => {
      const words = readWords(lua, state);
      const reply = typeof words === 'string' ? errorReply(words) : runCommand(words, session(), findCommand);
      lua.lua_settop(state, 0);
      pushReply(lua, state, reply);
      return isProtected || !isError(reply) ? 1 : lua.lua_error(state);
    };
  };
  const single = (field: 'err' | 'ok'): LuaFunction => {
    return (state) => {
      if (lua.lua_gettop(state) !== 1 || lua.lua_type(state, 1) !== lua.LUA_TSTRING)
        return raise(state, 'ERR wrong number or type of arguments');
      const text = fromLuaText(lua.lua_tostring(state, 1));
      pushField(lua, state, [field, field === 'err' ? withCode(text) : text]);
      return 1;
    };
  };
  return {
    ...logLevels,
    ...replication,
    call: call(false),
    pcall: call(true),
    error_reply: single('err'),
    status_reply: single('ok'),
    sha1hex: (state) => {
      if (lua.lua_gettop(state) !== 1) return raise(state, 'ERR wrong number of arguments');
      const text = fromLuaText(lua.luaL_tolstring(state, 1));
      lua.lua_pushstring(state, toLuaText(createHash('sha1').update(text, 'latin1').digest('hex')));
      return 1;
    },
    setresp: (state) => {
      if (lua.lua_tonumber(state, 1) === 2) return 0;
      return raise(state, 'ERR scripts of the embedded Redis get replies of RESP2 alone.');
    },
    log: () => 0,
    set_repl: () => 0,
    replicate_commands: (state) => {
      lua.lua_pushboolean(state, true);
      return 1;
    },
  };
}

/** The arguments as a command's words, or what is wrong with them. */
function readWords(lua: Lua, state: LuaState): readonly string[] | string {
  const count = lua.lua_gettop(state);
  if (count === 0) return 'ERR Please specify at least one argument for this redis lib call';
  const words: string[] = [];
  for (let index = 1; index <= count; index++) {
    const type = lua.lua_type(state, index);
    if (type !== lua.LUA_TSTRING && type !== lua.LUA_TNUMBER)
      return 'ERR Lua redis lib command arguments must be strings or integers';
    // Numbers as `%.17g`, which for whole ones is all their digits.
    words.push(
      type === lua.LUA_TNUMBER
        ? numberWord(lua.lua_tonumber(state, index))
        : fromLuaText(lua.lua_tostring(state, index)),
    );
  }
  return words;
}

function numberWord(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? BigInt(value).toString() : String(value);
}

function runCommand(words: readonly string[], session: Session | undefined, findCommand: FindCommand): Reply {
  if (session === undefined) return errorReply('ERR no client');
  try {
    const { name, run, args, flags } = findCommand(words);
    if (flags.split(' ').includes('noscript')) return errorReply('ERR This Redis command is not allowed from script');
    const isInExec = session.isInExec;
    // Nothing may wait within a script either.
    session.isInExec = true;
    session.lastCommand = name;
    const reply = execute(run, args, session);
    session.isInExec = isInExec;
    return reply;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return errorReply(scriptMessage(error.message));
  }
}

/** What Redis says of a command that does not even begin, when it is a script that calls it. */
function scriptMessage(message: string): string {
  if (message.startsWith('ERR unknown command')) return 'ERR Unknown Redis command called from script';
  if (message.startsWith('ERR wrong number')) return 'ERR Wrong number of args calling Redis command from script';
  return message;
}

function isError(reply: Reply): boolean {
  return typeof reply === 'object' && reply !== null && 'kind' in reply && reply.kind === 'error';
}

/** A minus at the beginning is left out; what has no code gets the general one. */
function withCode(text: string): string {
  const rest = text.startsWith('-') ? text.slice(1) : text;
  return rest.includes(' ') ? rest : `ERR ${rest}`;
}
