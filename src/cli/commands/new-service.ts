import { withPipelines } from '../../app/delivery/pipeline/with-pipelines.ts';
import { planNewService, refuseBadName, type NewService } from '../../app/new-service.ts';
import { openWorkspace } from '../../app/open-workspace.ts';
import type { Workspace } from '../../model/workspace.ts';
import { storeNames, templateNames } from '../../scaffold/answers/answers.ts';
import { parseFields } from '../../scaffold/answers/parse-fields.ts';
import { parseStates } from '../../scaffold/answers/parse-states.ts';
import type { Parsed } from '../../scaffold/answers/parsed.ts';
import { parseName } from '../../scaffold/words/names.ts';
import { pluralOf, singularOf } from '../../scaffold/words/plurals.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { countOption, isSet, listOption, textArgument, textOption } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import { finishChange, planOn } from '../finish-change.ts';
import { generatorOf } from '../generator-of.ts';
import { shellWord } from '../shell-words.ts';

/** Adds a service from a template; what no option says is asked on a terminal. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const opened = await openWorkspace(deps.files, deps.directory);
  const wanted = await askWhatIsMissing(input, deps, opened.workspace);
  const { name } = wanted.choices;
  const folder = `${opened.root === deps.directory ? '' : `${opened.root}/`}services/${name}`;
  return finishChange(deps, {
    root: opened.root,
    input,
    plan: planOn(deps, opened, async (current) =>
      withPipelines(generatorOf(deps), opened.root, await planNewService(generatorOf(deps), current, wanted)),
    ),
    done: () => ({
      title: `Created the service ${name} in services/${name}`,
      next: [`cd ${shellWord(folder)}`, 'npm ci && npm test', 'msa up   # runs it with the rest'],
    }),
  });
}

async function askWhatIsMissing(input: CommandInput, deps: Deps, workspace: Workspace): Promise<NewService> {
  const name = textArgument(input, 0);
  // Before any question is asked: nobody wants to answer five of them for nothing.
  refuseBadName(name, workspace.services);
  const replicas = countOption(input, 'replicas', { least: 0, most: 50 }) ?? 1;
  const resource = textOption(input, 'resource') ?? (await askResource(deps, name));
  const choices = {
    template: textOption(input, 'template') ?? templateNames[0],
    name,
    description: textOption(input, 'description') ?? '',
    resource,
    plural: textOption(input, 'plural') ?? pluralOf(resource),
    fields: textOption(input, 'fields') ?? (await askFields(deps)),
    states: textOption(input, 'states') ?? (await askStates(deps, resource)),
    store: textOption(input, 'store') ?? (await askStore(deps)),
    calls: input.options['calls'] === undefined ? await askCalls(deps, workspace) : listOption(input, 'calls'),
  };
  return { choices, replicas, route: textOption(input, 'route') ?? `/${choices.plural}`, force: isSet(input, 'force') };
}

async function askResource({ prompter }: Deps, service: string): Promise<string> {
  return prompter.text({
    message: 'What does it serve, in the singular?',
    flag: '--resource <name>',
    default: singularOf(service),
    check: (text) => firstProblem(parseName(text, 'a resource')),
  });
}

async function askFields({ prompter }: Deps): Promise<string> {
  return prompter.text({
    message: 'Its fields, as in "item:string qty:int note:text?"',
    flag: '--fields <fields>',
    default: 'name:string',
    check: (text) => firstProblem(parseFields(text)),
  });
}

async function askStates({ prompter }: Deps, resource: string): Promise<string> {
  return prompter.text({
    message: 'Its states, as in "created>paid>shipped, created>cancelled" (empty for none)',
    flag: '--states <states>',
    default: '',
    check: (text) => (text.trim() === '' ? undefined : firstProblem(parseStates(text, resource))),
  });
}

function firstProblem(result: Parsed<unknown>): string | undefined {
  if (result.ok) return undefined;
  const [problem] = result.problems;
  return `${problem?.message}; for example ${problem?.example}`;
}

async function askStore({ prompter }: Deps): Promise<string> {
  const descriptions = {
    memory: 'each instance its own, gone when it ends',
    redis: 'shared by all instances',
    postgres: 'shared by all instances, in a database',
  };
  return prompter.choose({
    message: 'Where does it keep them?',
    flag: '--store <store>',
    choices: storeNames.map((value) => ({ value, description: descriptions[value] })),
    default: 'memory',
  });
}

async function askCalls({ prompter }: Deps, { services }: Workspace): Promise<readonly string[]> {
  if (services.length === 0) return [];
  return prompter.chooseMany({
    message: 'Which services does it call?',
    flag: '--calls <services>',
    choices: services.map(({ name }) => ({ value: name })),
  });
}
