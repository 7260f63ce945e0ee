import { CommandError } from './command-error.ts';
import type { Handler } from './commands/command.ts';
import { errorReply, type Reply } from './resp/reply.ts';
import type { Session } from './session.ts';

/** Runs a command; a refusal becomes its error reply, and so does a bug, which must not end the server. */
export function execute(run: Handler, args: readonly string[], session: Session): Reply {
  try {
    return run(args, session);
  } catch (error) {
    if (error instanceof CommandError) return errorReply(error.message);
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`embedded Redis: ${reason}\n`);
    return errorReply('ERR internal error of the embedded Redis');
  }
}
