import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { judge } from './judge.ts';

// Judges of generated files under their strictest settings. Each gives what it finds, a line per finding, and nothing when all is
// well. docs/judges.md says what is left out and why.

const execute = promisify(execFile);

type Findings = Promise<readonly string[]>;
interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Where {
  readonly folder?: string;
  readonly variables?: NodeJS.ProcessEnv;
}

interface ZizmorFinding {
  readonly ident: string;
  readonly desc: string;
  readonly locations: readonly {
    readonly symbolic: { readonly key: unknown };
    readonly concrete: { readonly location: { readonly start_point: { readonly row: number } } };
  }[];
}

interface SchemaReport {
  readonly errors?: readonly { readonly filename: string; readonly path: string; readonly message: string }[];
  readonly parse_errors?: readonly { readonly filename: string; readonly message: string }[];
}

interface GroovyReport {
  readonly summary: { readonly totalFilesLinted: number };
  readonly files: Readonly<Record<string, { readonly errors: readonly GroovyError[] }>>;
}
interface GroovyError {
  readonly line: number;
  readonly rule: string;
  readonly severity: string;
  readonly msg: string;
}

/** Taste, on which our style differs: braces around every variable. */
const shellTaste = ['SC2250'];
/** Steps of pipelines are POSIX shell, because other providers run the same ones: `[[` is not theirs. */
const posixSteps = ['SC2292'];

const yamlRules = {
  extends: 'default',
  rules: {
    // Half as long again as the default: an action with its commit and version does not fit into less.
    'line-length': { max: 140 },
    'document-start': { present: false },
    // `on:` is a key of GitHub's, and no truth value.
    truthy: { 'check-keys': false },
    // The space inside braces is what every formatter of YAML writes.
    braces: { 'min-spaces-inside': 0, 'max-spaces-inside': 1 },
    comments: { 'min-spaces-from-content': 1 },
    'octal-values': { 'forbid-implicit-octal': true, 'forbid-explicit-octal': true },
    'empty-values': { 'forbid-in-flow-mappings': true, 'forbid-in-block-mappings': false },
    'float-values': { 'require-numeral-before-decimal': true, 'forbid-nan': true, 'forbid-inf': true },
  },
} as const;

/** Workflows of GitHub: syntax, types of expressions, and each script with every check of shellcheck. */
export async function actionlint(files: readonly string[]): Findings {
  const program = judge('actionlint');
  const outcome = await run(program, ['-no-color', '-oneline', '-shellcheck', judge('shellcheck'), ...files], {
    variables: { SHELLCHECK_OPTS: shellcheckOptions([...shellTaste, ...posixSteps]).join(' ') },
  });
  return lines(outcome, [0, 1]);
}

/** Security of workflows and Dependabot's file: all audits that need no network, with the persona that reports the most. */
export async function zizmor(files: readonly string[]): Findings {
  const options = ['--persona=auditor', '--offline', '--no-config', '--no-ignores', '--strict-collection'];
  const outcome = await run(judge('zizmor'), [...options, '--collect=all', '--quiet', '--format=json', ...files]);
  const findings = parse(outcome) as readonly ZizmorFinding[];
  return findings.map(({ ident, desc, locations }) => {
    const line = locations.map(({ concrete }) => concrete.location.start_point.row + 1).join(', ');
    return `${ident}: ${desc} (line ${line} of ${JSON.stringify(locations[0]?.symbolic.key)})`;
  });
}

/** Workflows and actions of GitHub against the JSON Schema of the editors. */
export async function actionValidator(files: readonly string[]): Findings {
  const program = judge('action-validator');
  const found = await Promise.all(
    files.map(async (file) => {
      const outcome = await run(program, [file]);
      return outcome.code === 0 ? [] : [`${file}: ${outcome.stdout}${outcome.stderr}`.trim()];
    }),
  );
  return found.flat();
}

export async function yamllint(files: readonly string[]): Findings {
  const options = ['--strict', '--format=parsable', '--config-data', JSON.stringify(yamlRules)];
  return lines(await run(judge('yamllint'), [...options, ...files]), [0, 1, 2]);
}

/** A pipeline in a folder that is a git repository: schema, stages, needs, rules and includes. */
export async function gitlabCiLocal(folder: string, file = '.gitlab-ci.yml'): Findings {
  const options = ['--list', '--file', file];
  const outcome = await run(judge('gitlab-ci-local'), options, { folder });
  const warnings = outcome.stderr.split('\n').filter((line) => /\b(warning|error)\b/i.test(line));
  return outcome.code === 0 ? warnings : [`${outcome.stdout}${outcome.stderr}`.trim()];
}

/** Pipelines of GitLab against the JSON Schema that GitLab itself publishes; nothing is fetched. */
export async function gitlabSchema(files: readonly string[]): Findings {
  const options = ['--builtin-schema', 'vendor.gitlab-ci', '--data-transform', 'gitlab-ci', '--output-format', 'json'];
  const outcome = await run(judge('check-jsonschema'), [...options, ...files]);
  const { errors = [], parse_errors: unread = [] } = parse(outcome) as SchemaReport;
  return [
    ...errors.map(({ filename, path, message }) => `${filename}: ${path}: ${message}`),
    ...unread.map(({ filename, message }) => `${filename}: ${message}`),
  ];
}

/** Jenkinsfiles: syntax and all rules that its authors recommend for them; hints count like errors. Ten seconds, for any number of files. */
export async function npmGroovyLint(files: readonly string[]): Findings {
  const [first] = files;
  if (first === undefined) return [];
  const options = ['--noserver', '--failon', 'info', '--config', 'recommended-jenkinsfile', '--output', 'json'];
  const outcome = await run(judge('npm-groovy-lint'), [...options, ...files]);
  const { summary, files: judged } = parse(outcome) as GroovyReport;
  if (summary.totalFilesLinted !== files.length)
    throw new Error(`npm-groovy-lint read ${summary.totalFilesLinted} files`);
  return Object.entries(judged).flatMap(([file, { errors }]) =>
    errors.map(({ line, rule, severity, msg }) => `${file}:${line}: ${severity} ${rule}: ${msg}`),
  );
}

/** Dockerfiles: all rules, also the one that is off by default (an image without HEALTHCHECK), and no comment can silence one. */
export async function hadolint(files: readonly string[]): Findings {
  const options = ['--no-color', '--disable-ignore-pragma', '--failure-threshold=style', '--error=DL3057'];
  return lines(await run(judge('hadolint'), [...options, '--format=gnu', ...files]), [0, 1]);
}

/** Scripts, with every optional check. */
export async function shellcheck(files: readonly string[]): Findings {
  const options = [...shellcheckOptions(shellTaste), '--external-sources', '--source-path=SCRIPTDIR', '--format=gcc'];
  return lines(await run(judge('shellcheck'), [...options, ...files]), [0, 1]);
}

/** The text of one script, as in a step of a pipeline. */
export async function shellcheckText(script: string, shell: 'sh' | 'bash'): Findings {
  const folder = await mkdtemp(join(tmpdir(), 'msa-shellcheck-'));
  try {
    const file = join(folder, 'step.sh');
    await writeFile(file, `#!/bin/${shell}\n${script}\n`);
    return (await shellcheck([file])).map((finding) => finding.replace(`${dirname(file)}/${basename(file)}:`, ''));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function shellcheckOptions(excluded: readonly string[]): readonly string[] {
  return ['--norc', '--enable=all', `--exclude=${excluded.join(',')}`];
}

async function run(program: string, args: readonly string[], where: Where = {}): Promise<Outcome> {
  const env = { ...process.env, NO_COLOR: '1', ...where.variables };
  const options = { env, cwd: where.folder, maxBuffer: 64 * 1024 * 1024 };
  try {
    return { code: 0, ...(await execute(program, args, options)) };
  } catch (error) {
    const { code, stdout, stderr } = error as Partial<Outcome>;
    if (typeof code !== 'number') throw error;
    return { code, stdout: stdout ?? '', stderr: stderr ?? '' };
  }
}

/** One finding per line. A judge that fails in another way than by finding something has not judged. */
function lines({ code, stdout, stderr }: Outcome, codes: readonly number[]): readonly string[] {
  const found = stdout.split('\n').filter((line) => line.trim() !== '');
  if (!codes.includes(code) || (code !== 0 && found.length === 0))
    throw new Error(`exit code ${code}: ${stderr}${stdout}`);
  return found;
}

function parse({ code, stdout, stderr }: Outcome): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`exit code ${code}: ${stderr}${stdout}`);
  }
}
