import { planNewWorkflow, type NewWorkflow } from '../../app/delivery/pipeline/new-workflow.ts';
import { openWorkspace, type OpenWorkspace } from '../../app/open-workspace.ts';
import { pipelineProviders, type PipelineProvider } from '../../model/delivery.ts';
import { MsaError } from '../../model/errors.ts';
import type { CommandInput, CommandResult } from '../arguments/command.ts';
import { isSet, listItems, listOption, textArguments, textOption } from '../arguments/option-values.ts';
import type { Deps } from '../deps.ts';
import { finishChange, planOn } from '../finish-change.ts';
import { generatorOf } from '../generator-of.ts';
import { mergeFailure } from '../merge-failure.ts';

/** Adds a pipeline to the workspace; what no option says is asked on a terminal. */
export async function run(input: CommandInput, deps: Deps): Promise<CommandResult> {
  const opened = await openWorkspace(deps.files, deps.directory);
  await refuseBelowRepository(deps, opened);
  const wanted = await askWhatIsMissing(input, deps, opened);
  return finishChange(deps, {
    root: opened.root,
    input,
    plan: planOn(deps, opened, (current) => planNewWorkflow(generatorOf(deps), current, wanted)),
    done: ({ decisions }) => ({
      title: `The workspace has a pipeline for ${wanted.providers.map((name) => titles[name]).join(', ')}`,
      next: [
        'docs/delivery.md says what has to be set there, and the commands that set it.',
        'msa ci run   # the same here',
      ],
      failure: mergeFailure(decisions),
    }),
  });
}

const titles: Readonly<Record<PipelineProvider, string>> = {
  github: 'GitHub Actions',
  gitlab: 'GitLab CI',
  jenkins: 'Jenkins',
};

/** All three read their files at the root of a repository, and nowhere else. */
async function refuseBelowRepository({ files, git }: Deps, { root }: OpenWorkspace): Promise<void> {
  const repository = (await git.locate(root, []))?.root;
  // git knows of no links that led here.
  if (repository === undefined || repository === root || repository === (await files.realPath(root))) return;
  throw new MsaError('MSA_USAGE', `the workspace is not the root of its repository, which is ${repository}`, {
    hint: 'Pipelines are read at the root of a repository: move msa.yaml there, with paths such as shop/services/orders.',
  });
}

async function askWhatIsMissing(input: CommandInput, deps: Deps, opened: OpenWorkspace): Promise<NewWorkflow> {
  const given = textArguments(input, 0);
  const named = pipelineProviders.filter((name) => given.includes(name));
  const providers = named.length > 0 ? named : [await askProvider(deps)];
  const { delivery } = opened.workspace;
  // A workspace that says already how it is delivered is asked nothing more: options change single things.
  const isNew = delivery === undefined;
  const registry = textOption(input, 'registry') ?? (isNew ? await askRegistry(deps) : undefined);
  const hasRegistry = registry !== undefined || delivery?.registry !== undefined;
  const environments = hasOption(input, 'environments')
    ? listOption(input, 'environments')
    : await askEnvironments(deps, isNew && hasRegistry);
  return {
    providers,
    registry,
    branch: textOption(input, 'branch'),
    schedule: textOption(input, 'schedule'),
    chaos: hasOption(input, 'chaos') ? chaosOption(input) : isNew ? await askChaos(deps, opened) : undefined,
    environments,
    approval: await findApproval(input, deps, environments.length > 0),
    strategy: readStrategy(input),
    force: isSet(input, 'force'),
  };
}

function hasOption({ options }: CommandInput, name: string): boolean {
  return options[name] !== undefined;
}

async function askProvider({ prompter }: Deps): Promise<PipelineProvider> {
  return prompter.choose({
    message: 'Which system runs the pipeline?',
    flag: 'the provider: github, gitlab or jenkins',
    choices: pipelineProviders.map((value) => ({ value, description: titles[value] })),
  });
}

async function askRegistry({ prompter }: Deps): Promise<string | undefined> {
  const registry = await prompter.text({
    message: 'Where do images go, as in ghcr.io/acme/shop? (empty: nowhere yet)',
    flag: '--registry <registry>',
    default: '',
  });
  return registry === '' ? undefined : registry;
}

async function askEnvironments({ prompter }: Deps, isAsked: boolean): Promise<readonly string[]> {
  if (!isAsked) return [];
  const names = await prompter.text({
    message: 'To which environments is it deployed, in this order?',
    flag: '--environments <names>',
    default: 'staging,production',
  });
  return listItems(names);
}

async function askChaos({ prompter }: Deps, { workspace }: OpenWorkspace): Promise<readonly string[] | undefined> {
  if (workspace.services.length === 0) return undefined;
  const chosen = await prompter.chooseMany({
    message: 'Of which services is an instance killed in the system test?',
    flag: '--chaos <services>',
    choices: workspace.services.map(({ name }) => ({ value: name })),
  });
  return chosen.length === 0 ? undefined : chosen;
}

/** A scenario is written as what it does; so far that is a kill. */
function chaosOption(input: CommandInput): readonly string[] {
  return listOption(input, 'chaos').map((scenario) => scenario.replace(/^kill:/, ''));
}

async function findApproval(input: CommandInput, { prompter }: Deps, hasNew: boolean): Promise<boolean | undefined> {
  const [delivery, deployment] = [isSet(input, 'delivery'), isSet(input, 'deployment')];
  if (delivery && deployment) throw contradiction('--delivery', '--deployment');
  if (delivery || deployment) return delivery;
  if (!hasNew) return undefined;
  return prompter.confirm({
    message: 'Does a person have to agree before the last of them?',
    flag: '--delivery or --deployment',
    default: true,
  });
}

function readStrategy(input: CommandInput): NewWorkflow['strategy'] {
  const [canary, blueGreen] = [isSet(input, 'canary'), isSet(input, 'blueGreen')];
  if (canary && blueGreen) throw contradiction('--canary', '--blue-green');
  if (canary) return 'canary';
  return blueGreen ? 'blue-green' : undefined;
}

function contradiction(one: string, other: string): MsaError {
  return new MsaError('MSA_USAGE', `${one} and ${other} exclude each other`, { hint: 'msa new workflow --help' });
}
