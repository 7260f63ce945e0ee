// Run on a pseudo-terminal by prompts.test.ts: msa with a command that asks one question of each kind, and
// one that does not stop when it is told to.
import type { CommandSpec } from '../../../src/cli/arguments/command.ts';
import { main } from '../../../src/cli/main.ts';

function check(answer: string): string | undefined {
  return /^[a-z]+$/.test(answer) ? undefined : 'must be small letters';
}

const ask: CommandSpec = {
  name: 'ask',
  summary: 'Ask one question of each kind',
  examples: ['msa ask'],
  load: async () => ({
    run: async (_input, { prompter, say }) => {
      const name = await prompter.text({ message: 'Name?', flag: '--name <name>', default: 'shop', check });
      const choices = [{ value: 'memory', description: 'gone at the end' }, { value: 'redis' }] as const;
      const store = await prompter.choose({ message: 'Store?', flag: '--store <store>', choices });
      const calls = await prompter.chooseMany({
        message: 'Calls?',
        flag: '--calls <services>',
        choices: [{ value: 'users' }, { value: 'payments' }],
      });
      const sure = await prompter.confirm({ message: 'Sure?', flag: '--yes', default: false });
      say('asked');
      const data = { name, store, calls, sure };
      return { data, text: JSON.stringify(data) };
    },
  }),
};

const stubborn: CommandSpec = {
  name: 'stubborn',
  summary: 'Never end',
  examples: ['msa stubborn'],
  load: async () => ({
    run: async (_input, { say }) => {
      say('begun');
      return new Promise(() => setInterval(() => undefined, 1000));
    },
  }),
};

process.exitCode = await main(process.argv.slice(2), { commands: [ask, stubborn] });
