/** One command of a pipeline: POSIX shell, run in the folder of the service; it stops at the first failure. */
interface Step {
  readonly name: string;
  readonly run: string;
}

/** How services of one kind are checked: what CI sets up, and what it runs. */
export interface Stack {
  readonly id: StackId;
  /** For people: "Node.js". */
  readonly title: string;
  /** Whether its programs run in Node.js, whoever installs what they need. */
  readonly isNode: boolean;
  /** The image its steps run in, where a pipeline runs them in containers. */
  readonly image: string;
  /** Install, lint, types and unit tests, each where the service has it. */
  readonly steps: readonly Step[];
}

export const stackIds = ['node', 'pnpm', 'yarn', 'uv', 'pip', 'go', 'maven', 'gradle', 'docker'] as const;
export type StackId = (typeof stackIds)[number];

/** Runs a tool of the project where it has one, and says so where it has none. */
function whereThere(test: string, run: string, missing: string): string {
  return `if ${test}; then\n  ${run}\nelse\n  echo '${missing}'\nfi`;
}

const node: Stack = {
  id: 'node',
  title: 'Node.js',
  isNode: true,
  image: 'node:24-slim',
  steps: [
    { name: 'install', run: 'npm ci --ignore-scripts --no-audit --no-fund' },
    { name: 'lint', run: 'npm run lint --if-present' },
    { name: 'types', run: 'npm run types --if-present' },
    { name: 'test', run: 'npm run test --if-present' },
  ],
};

/** Corepack, which comes with the Node.js of the image, brings the version that package.json names. */
const pnpm: Stack = {
  id: 'pnpm',
  title: 'Node.js with pnpm',
  isNode: true,
  image: 'node:24-slim',
  steps: [
    { name: 'install', run: 'corepack pnpm install --frozen-lockfile --ignore-scripts' },
    ...['lint', 'types', 'test'].map((name) => ({ name, run: `corepack pnpm run --if-present ${name}` })),
  ],
};

/** Yarn has no `--if-present`, and since its second version other options. */
const yarn: Stack = {
  id: 'yarn',
  title: 'Node.js with Yarn',
  isNode: true,
  image: 'node:24-slim',
  steps: [
    {
      name: 'install',
      run: [
        "if grep -q '^# yarn lockfile v1' yarn.lock; then",
        '  corepack yarn install --frozen-lockfile --ignore-scripts --non-interactive',
        'else',
        '  corepack yarn install --immutable --mode=skip-build',
        'fi',
      ].join('\n'),
    },
    ...['lint', 'types', 'test'].map((name) => ({
      name,
      run: whereThere(
        `node -e 'process.exit(require("./package.json").scripts?.${name} ? 0 : 1)'`,
        `corepack yarn run ${name}`,
        `No ${name} among the scripts.`,
      ),
    })),
  ],
};

/** Lint, types and tests of Python: where its environment has the tools. `of` says where they would have to be named. */
function pythonChecks(run: string, of: string): readonly Step[] {
  const check = (name: string, tool: string, command: string): Step => ({
    name,
    run: whereThere(`[ -x .venv/bin/${tool} ]`, `${run}${command}`, `No ${tool} ${of}.`),
  });
  return [check('lint', 'ruff', 'ruff check .'), check('types', 'mypy', 'mypy .'), check('test', 'pytest', 'pytest')];
}

const uv: Stack = {
  id: 'uv',
  title: 'Python with uv',
  isNode: false,
  image: 'ghcr.io/astral-sh/uv:0.9-python3.13-trixie-slim',
  steps: [{ name: 'install', run: 'uv sync --locked' }, ...pythonChecks('uv run --no-sync ', 'among the dependencies')],
};

const pip: Stack = {
  id: 'pip',
  title: 'Python with pip',
  isNode: false,
  image: 'python:3.13-slim-trixie',
  steps: [
    {
      name: 'install',
      run: 'python3 -m venv .venv\n.venv/bin/pip install --disable-pip-version-check --requirement requirements.txt',
    },
    ...pythonChecks('.venv/bin/', 'in requirements.txt'),
  ],
};

const go: Stack = {
  id: 'go',
  title: 'Go',
  isNode: false,
  image: 'golang:1.26-trixie',
  steps: [
    { name: 'install', run: 'go mod download\ngo mod verify' },
    { name: 'lint', run: 'go vet ./...' },
    { name: 'types', run: 'go build ./...' },
    { name: 'test', run: 'go test ./...' },
  ],
};

const maven: Stack = {
  id: 'maven',
  title: 'Java with Maven',
  isNode: false,
  image: 'maven:3-eclipse-temurin-21',
  steps: [
    {
      name: 'test',
      run: 'if [ -f mvnw ]; then\n  sh ./mvnw -B -ntp verify\nelse\n  mvn -B -ntp verify\nfi',
    },
  ],
};

const gradle: Stack = {
  id: 'gradle',
  title: 'Java with Gradle',
  isNode: false,
  image: 'eclipse-temurin:21-jdk',
  steps: [{ name: 'test', run: 'sh ./gradlew --no-daemon check' }],
};

/** Nothing but a Dockerfile: building the image is all that is known of it. */
const docker: Stack = { id: 'docker', title: 'Dockerfile', isNode: false, image: '', steps: [] };

export const stacks: readonly Stack[] = [node, pnpm, yarn, uv, pip, go, maven, gradle, docker];

/** Files by which a stack is known. One that has several is of the first: a lock file says more than what it locks. */
const markers: readonly (readonly [file: string, stack: Stack])[] = [
  ['package-lock.json', node],
  ['pnpm-lock.yaml', pnpm],
  ['yarn.lock', yarn],
  ['package.json', node],
  ['uv.lock', uv],
  ['requirements.txt', pip],
  ['go.mod', go],
  ['pom.xml', maven],
  ['gradlew', gradle],
];

/** The stack of a folder by the names of the files in it; one without any marker counts as an image to be built. */
export function stackOf(names: ReadonlySet<string>): Stack {
  return markers.find(([file]) => names.has(file))?.[1] ?? docker;
}

/** The stacks of several services, by name. */
export interface Stacks {
  readonly of: (name: string) => StackId;
  /** Each that there is, once. */
  readonly all: ReadonlySet<StackId>;
}
