import { createHash } from 'node:crypto';

import { refuse } from '../command-error.ts';
import type { Reply } from '../resp/reply.ts';
import type { Session } from '../session.ts';
import { LuaMachine } from './lua-machine.ts';
import { loadLua } from './load-lua.ts';
import type { FindCommand } from './redis-library.ts';

interface KnownScript {
  readonly reference: number;
  /** Kept until it is told to go; the others only as long as there is room. */
  isLoaded: boolean;
}

interface Run {
  readonly sha1: string;
  readonly keys: readonly string[];
  readonly parameters: readonly string[];
}

/** As many as Redis remembers of those it was only told to run. */
const maxRemembered = 500;
const maxLoaded = 10_000;

/** The scripts of a server. Lua itself is loaded with the first of them. */
export class Scripts {
  /** By SHA-1; those that only ran are in the order of their last run. */
  private readonly known = new Map<string, KnownScript>();
  private readonly findCommand: FindCommand;
  private machine: LuaMachine | undefined;
  private isBroken = false;
  private loading: Promise<void> | undefined;

  constructor(findCommand: FindCommand) {
    this.findCommand = findCommand;
  }

  get canBeLoaded(): boolean {
    return this.machine === undefined && !this.isBroken;
  }

  /** Never rejects; without Lua every script is refused. */
  load(): Promise<void> {
    this.loading ??= this.loadOnce();
    return this.loading;
  }

  runText(text: string, call: Omit<Run, 'sha1'>, session: Session): Reply {
    return this.run({ ...call, sha1: this.remember(text, false) }, session);
  }

  runKnown(call: Run, session: Session): Reply {
    const sha1 = call.sha1.toLowerCase();
    if (!this.known.has(sha1)) refuse('NOSCRIPT No matching script. Please use EVAL.');
    return this.run({ ...call, sha1 }, session);
  }

  /** Compiles a script and gives its name. */
  remember(text: string, isLoaded: boolean): string {
    const sha1 = createHash('sha1').update(text, 'latin1').digest('hex');
    const known = this.known.get(sha1);
    if (known) {
      known.isLoaded ||= isLoaded;
      return sha1;
    }
    if (isLoaded && this.known.size >= maxLoaded) refuse('ERR too many scripts');
    const reference = this.requireMachine().compile(text);
    if (typeof reference === 'string') refuse(`ERR Error compiling script (new function): ${reference}`);
    this.known.set(sha1, { reference, isLoaded });
    if (!isLoaded) this.forgetOldest();
    return sha1;
  }

  has(sha1: string): boolean {
    return this.known.has(sha1.toLowerCase());
  }

  clear(): void {
    for (const { reference } of this.known.values()) this.machine?.forget(reference);
    this.known.clear();
  }

  private async loadOnce(): Promise<void> {
    try {
      this.machine = new LuaMachine(await loadLua(), this.findCommand);
    } catch (error) {
      this.isBroken = true;
      process.stderr.write(`embedded Redis: no Lua: ${String(error)}\n`);
    }
  }

  private run(call: Run, session: Session): Reply {
    const known = this.known.get(call.sha1);
    if (!known) throw new Error('a script that runs is known');
    this.known.delete(call.sha1);
    this.known.set(call.sha1, known);
    return this.requireMachine().run(known.reference, call, session);
  }

  private forgetOldest(): void {
    const remembered = [...this.known].filter(([, { isLoaded }]) => !isLoaded);
    for (const [sha1, { reference }] of remembered.slice(0, Math.max(0, remembered.length - maxRemembered))) {
      this.machine?.forget(reference);
      this.known.delete(sha1);
    }
  }

  private requireMachine(): LuaMachine {
    return this.machine ?? refuse('ERR there is no Lua');
  }
}
