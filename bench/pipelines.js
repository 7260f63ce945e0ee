// `node bench/pipelines.js`: the CPU time that generating the pipelines of all three systems takes, for 50 services.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensureInstalled, root } from '../scripts/ensure-installed.js';
import { median } from './measure.js';

const rounds = Number(process.env.BENCH_ROUNDS ?? 15);
const serviceCount = 50;
const goalSeconds = 1;
const stacks = ['package.json', 'go.mod', 'uv.lock', 'pom.xml', 'Dockerfile'];

/** Loaded into msa, it tells at the end what its process has used, threads included. */
const tellUsage = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => { const { user, system } = process.cpuUsage(); process._rawDebug('cpu=' + (user + system)); });",
)}`;

ensureInstalled();
execFileSync(process.execPath, [join(root, 'scripts/build.js')], { stdio: ['ignore', 2, 2] });
const seconds = Array.from({ length: rounds + 1 }, generate).slice(1);
console.log(`${cpus().length} cores, Node ${process.version}, ${rounds} rounds, the first not counted`);
console.log(
  `msa new workflow github gitlab jenkins, ${serviceCount} services: ${median(seconds).toFixed(2)} s of CPU ` +
    `(goal ${goalSeconds}), at most ${Math.max(...seconds).toFixed(2)}`,
);

function generate() {
  const work = mkdtempSync(join(tmpdir(), 'msa-bench-'));
  try {
    writeWorkspace(work);
    const words = ['new', 'workflow', 'github', 'gitlab', 'jenkins', '--yes', '--chaos', 'service-1'];
    const delivery = ['--registry', 'ghcr.io/acme/shop', '--environments', 'staging,production', '--canary'];
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'bin/msa.js'), ...words, ...delivery], {
      cwd: work,
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: `--import=${tellUsage}` },
    });
    const [, used] = /^cpu=(\d+)$/m.exec(stderr) ?? [];
    if (status !== 0 || used === undefined) throw new Error(`msa ended with ${status}: ${stderr}`);
    return Number(used) / 1e6;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function writeWorkspace(work) {
  const entries = Array.from({ length: serviceCount }, (_, index) => {
    const name = `service-${index}`;
    const folder = join(work, 'services', name);
    mkdirSync(folder, { recursive: true });
    for (const file of new Set([stacks[index % stacks.length], 'Dockerfile'])) writeFileSync(join(folder, file), '');
    return `  ${name}:\n    path: services/${name}\n    calls: [service-${(index + 1) % serviceCount}]\n`;
  });
  writeFileSync(join(work, 'msa.yaml'), `name: bench\nservices:\n${entries.join('')}`);
}
