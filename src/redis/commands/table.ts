import { bitCommands } from './bits.ts';
import { clientCommands } from './client.ts';
import type { CommandTable } from './command.ts';
import { connectionCommands } from './connection.ts';
import { counterCommands } from './counters.ts';
import { expiryCommands } from './expiry.ts';
import { hashCommands } from './hashes.ts';
import { createIntrospection } from './introspection.ts';
import { keyCommands } from './keys.ts';
import { listMoveCommands } from './list-moves.ts';
import { listPositionCommands } from './list-positions.ts';
import { listCommands } from './lists.ts';
import { pubSubCommands } from './pub-sub.ts';
import { randomCommands } from './random-entries.ts';
import { scanCommands } from './scan.ts';
import { scriptingCommands } from './scripting.ts';
import { serverCommands } from './server.ts';
import { setAlgebraCommands } from './set-algebra.ts';
import { setCommands } from './sets.ts';
import { sortedSetAddCommands } from './sorted-set-add.ts';
import { sortedSetAlgebraCommands } from './sorted-set-algebra.ts';
import { sortedSetPopCommands } from './sorted-set-pops.ts';
import { sortedSetRangeCommands } from './sorted-set-ranges.ts';
import { sortedSetCommands } from './sorted-sets.ts';
import { stringSetCommands } from './string-set.ts';
import { stringCommands } from './strings.ts';
import { transactionCommands } from './transactions.ts';

const families: Readonly<Record<string, CommandTable>> = {
  Strings: { ...stringCommands, ...stringSetCommands, ...counterCommands, ...bitCommands },
  Keys: { ...keyCommands, ...expiryCommands, ...scanCommands },
  Hashes: hashCommands,
  Lists: { ...listCommands, ...listPositionCommands, ...listMoveCommands },
  Sets: { ...setCommands, ...setAlgebraCommands },
  'Random members': randomCommands,
  'Sorted sets': {
    ...sortedSetCommands,
    ...sortedSetAddCommands,
    ...sortedSetRangeCommands,
    ...sortedSetPopCommands,
    ...sortedSetAlgebraCommands,
  },
  Transactions: transactionCommands,
  Scripts: scriptingCommands,
  'Publish and subscribe': pubSubCommands,
  'Connection and server': { ...connectionCommands, ...clientCommands, ...serverCommands },
};

const withoutIntrospection = mergeTables(Object.values(families));
const introspection = createIntrospection(withoutIntrospection);

/** Every command there is, by what it is for. */
export const commandFamilies: Readonly<Record<string, CommandTable>> = { ...families, Introspection: introspection };

/** Every command there is. What it says of arity, flags and keys is what COMMAND says and what calls are checked by. */
export const commandTable: CommandTable = mergeTables([withoutIntrospection, introspection]);

function mergeTables(tables: readonly CommandTable[]): CommandTable {
  return Object.fromEntries(tables.flatMap((table) => Object.entries(table)));
}
