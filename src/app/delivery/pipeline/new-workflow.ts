import type { PipelineProvider } from '../../../model/delivery.ts';
import { setDelivery } from '../../../model/edit-delivery.ts';
import { MsaError } from '../../../model/errors.ts';
import type { Workspace } from '../../../model/workspace.ts';
import type { Mapping } from '../../../model/yaml/mapping.ts';
import type { FileStore } from '../../../ports/file-store.ts';
import type { Decision, Policy } from '../../../scaffold/changes/changes.ts';
import { refuseContested } from '../../change-report.ts';
import type { Generator } from '../../generate.ts';
import { requireValidEdit, workspaceFile, type OpenWorkspace } from '../../open-workspace.ts';
import { joinPath } from '../../paths.ts';
import type { PlannedChange } from '../../planned-change.ts';
import { filesOfOthers, planUnit, type GeneratedUnit } from '../../unit-files.ts';
import { generatePipelineUnit, hasPipelines } from './pipeline-unit.ts';
import { versionOnDisk } from '../range/workspace-at.ts';

export interface NewWorkflow {
  readonly providers: readonly PipelineProvider[];
  /** Beside what msa.yaml says of delivery already. */
  readonly registry: string | undefined;
  readonly branch: string | undefined;
  readonly schedule: string | undefined;
  readonly chaos: readonly string[] | undefined;
  readonly environments: readonly string[] | undefined;
  /** What becomes of the last environment; undefined: as it is. */
  readonly approval: boolean | undefined;
  readonly strategy: 'canary' | 'blue-green' | undefined;
  /** Replace files that stand in the way. */
  readonly force: boolean;
}

const deployCommand = 'sh deploy/compose.sh';
const analyseCommand = 'sh deploy/analyse.sh';

/** Decides what a pipeline adds to a workspace: what msa.yaml says of delivery, and the files that follow from it. */
export async function planNewWorkflow(
  generator: Generator,
  { root, text, workspace }: OpenWorkspace,
  wanted: NewWorkflow,
): Promise<PlannedChange> {
  const edited = setDelivery(text, writtenDelivery(workspace, wanted));
  const delivered = requireValidEdit(edited);
  const version = versionOnDisk(generator.files, root);
  const unit = await generatePipelineUnit(generator, { workspace: delivered, version });
  const { files, essential, notes } = await withoutForeign(generator.files, { root, unit, force: wanted.force });
  const place = { files: generator.files, root };
  refuseContested((await planUnit(place, { ...unit, files: essential, isComplete: false }, 'refuse')).decisions);
  const plan = await planUnit(place, { ...unit, files }, await policyFor(generator.files, root, wanted));
  refuseContested(plan.decisions);
  const entry: Decision =
    edited === text
      ? { action: 'same', path: workspaceFile }
      : { action: 'update', path: workspaceFile, content: edited, was: text, reason: 'says what is delivered how' };
  return {
    decisions: [entry, ...plan.decisions],
    changes: [
      ...plan.changes,
      ...(edited === text ? [] : [{ kind: 'update' as const, path: workspaceFile, content: edited, was: text }]),
    ],
    notes: [...notes, ...addressNotes(delivered), ...(await pinNotes(generator, root))],
  };
}

/** As `delivery` is to be written, beside what stands there. */
function writtenDelivery({ delivery }: Workspace, wanted: NewWorkflow): Mapping {
  const pipelines = [...new Set([...(delivery?.pipelines ?? []), ...wanted.providers])];
  const { registry, branch, schedule } = wanted;
  const environments = writtenEnvironments(delivery?.environments.map(({ name }) => name) ?? [], wanted);
  return {
    pipelines,
    ...(registry === undefined ? {} : { registry }),
    ...(branch === undefined ? {} : { branch }),
    ...(schedule === undefined ? {} : { schedule }),
    ...(wanted.chaos === undefined ? {} : { chaos: [...wanted.chaos] }),
    ...(environments === undefined ? {} : { environments }),
  };
}

/** New environments with the hook that deploys with Compose; what is asked of a release holds for the last of all. */
function writtenEnvironments(
  present: readonly string[],
  { environments = [], approval, strategy }: NewWorkflow,
): Mapping | undefined {
  const added = environments.filter((name) => !present.includes(name));
  const last = [...present, ...added].at(-1);
  if (last === undefined && (approval ?? strategy) !== undefined) throw nowhereToDeploy();
  const demanded = {
    ...(strategy === undefined ? {} : { strategy, analyse: analyseCommand }),
    ...(approval === undefined ? {} : { approval }),
  };
  const names = [...new Set([...added, ...(last === undefined ? [] : [last])])];
  const written = names.map((name) => {
    const entry = { ...(added.includes(name) ? { deploy: deployCommand } : {}), ...(name === last ? demanded : {}) };
    return [name, entry] as const;
  });
  const changed = written.filter(([, entry]) => Object.keys(entry).length > 0);
  // What is missing of an environment that is there already, such as its command, stands in the file.
  return changed.length === 0 ? undefined : Object.fromEntries(changed);
}

function nowhereToDeploy(): MsaError {
  return new MsaError('MSA_USAGE', 'how the last environment gets a release means nothing without environments', {
    hint: 'Name them, and where images go: --registry ghcr.io/acme/shop --environments staging,production',
  });
}

/** Where msa has made pipelines before, the user's edits are merged; before that, nothing of theirs is touched. */
async function policyFor(files: FileStore, root: string, { force }: NewWorkflow): Promise<Policy> {
  if (force) return 'replace';
  return (await hasPipelines(files, root)) ? 'merge' : 'refuse';
}

/** A pipeline without these would be none; the rest may stand there already, and then stays as it is. */
const essentialPath = /(?:^|\/)(?:delivery\.yml|\.gitlab-ci\.yml|\.gitlab\/jobs\.yml|Jenkinsfile)$/;

interface Sorted {
  readonly files: GeneratedUnit['files'];
  /** Those of them that a pipeline cannot do without, where something stands that msa did not make. */
  readonly essential: GeneratedUnit['files'];
  readonly notes: readonly string[];
}

async function withoutForeign(
  files: FileStore,
  { root, unit, force }: { readonly root: string; readonly unit: GeneratedUnit; readonly force: boolean },
): Promise<Sorted> {
  const foreign = force ? [] : await filesOfOthers({ files, root }, unit.unit, [...unit.files.keys()]);
  const left = foreign.filter((path) => !essentialPath.test(path));
  return {
    files: new Map([...unit.files].filter(([path]) => !left.includes(path))),
    essential: new Map([...unit.files].filter(([path]) => foreign.includes(path) && !left.includes(path))),
    notes: left.map((path) => `${path} is there already and stays as it is`),
  };
}

/** Our script asks the environment itself how the new version does, and has to know where that is. */
function addressNotes({ delivery }: Workspace): readonly string[] {
  return (delivery?.environments ?? [])
    .filter(({ analyse, url }) => analyse?.join(' ') === analyseCommand && url === undefined)
    .map(
      ({ name }) =>
        `${name} is analysed by asking it: give it its url in msa.yaml, such as https://${name}.example.com`,
    );
}

/** The pipeline runs the msa of the workspace: the one that its package.json pins, from its lock file. */
async function pinNotes({ files, version }: Generator, root: string): Promise<readonly string[]> {
  const manifest = await files.read(joinPath(root, 'package.json'));
  if (manifest?.includes('"msa-cli"') !== true) {
    const remedy = `npm install --save-dev --save-exact msa-cli@${version}`;
    return [`the pipeline runs the msa that package.json pins, and it pins none: ${remedy}`];
  }
  if ((await files.kindOf(joinPath(root, 'package-lock.json'))) !== undefined) return [];
  return ['the pipeline installs msa from package-lock.json: run npm install once, and commit that file'];
}
