// `node bench/affected.js`: what a change touches, in a workspace of 500 services and 20,000 files, against the start of
// msa itself.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensureInstalled, root } from '../scripts/ensure-installed.js';
import { measure, median, medianRatio } from './measure.js';

const rounds = Number(process.env.BENCH_ROUNDS ?? 15);
const serviceCount = 500;
const filesPerService = 40;
const goal = 2;

ensureInstalled();
execFileSync(process.execPath, [join(root, 'scripts/build.js')], { stdio: ['ignore', 2, 2] });
const work = mkdtempSync(join(tmpdir(), 'msa-bench-'));
try {
  writeWorkspace();
  const ranges = commitChanges();
  const msa = join(root, 'bin/msa.js');
  const affected = (...words) => ({
    argv: [process.execPath, msa, 'affected', ...words],
    prepare: () => ({ cwd: work }),
  });
  const times = measure(
    {
      'msa --version': { argv: [process.execPath, msa, '--version'] },
      'msa affected (a branch and the disk)': affected(),
      'msa affected (two commits)': affected(ranges.service),
      'msa affected --format github (two commits)': affected(ranges.service, '--format', 'github'),
      'msa affected (two commits that differ in msa.yaml)': affected(ranges.entry),
    },
    rounds,
  );
  print(times);
} finally {
  rmSync(work, { recursive: true, force: true });
}

function writeWorkspace() {
  const blocks = [];
  for (let index = 0; index < serviceCount; index += 1) {
    const name = `service-${index}`;
    const callees = [1, 7].map((step) => index + step).filter((callee) => callee < serviceCount);
    blocks.push(
      `  ${name}:`,
      `    path: services/${name}`,
      '    replicas: 2',
      `    calls: [${callees.map((callee) => `service-${callee}`).join(', ')}]`,
      `    routes: [{ path: /${name}, timeout: 2s }]`,
      '    env:',
      '      LOG_LEVEL: info # the usual one',
      `      LABEL: "service ${index}"`,
    );
    writeService(join(work, 'services', name), index);
  }
  writeFileSync(join(work, 'msa.yaml'), `name: bench\nservices:\n${blocks.join('\n')}\n`);
}

function writeService(directory, index) {
  mkdirSync(join(directory, 'src'), { recursive: true });
  writeFileSync(join(directory, 'package.json'), '{}\n');
  writeFileSync(join(directory, 'openapi.json'), '{ "openapi": "3.1.0", "paths": {} }\n');
  for (let file = 2; file < filesPerService; file += 1) {
    writeFileSync(join(directory, 'src', `file-${file}.js`), `export const value = ${index * file};\n`);
  }
}

/** A change of a service, another of msa.yaml, and on the branch of the former something that is not committed. */
function commitChanges() {
  const git = (...argv) => execFileSync('git', argv, { cwd: work, encoding: 'utf8', stdio: ['ignore', 'pipe', 2] });
  const commit = () => {
    git('add', '--all');
    git('-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', 'commit', '--quiet', '--message', 'Change');
    return git('rev-parse', 'HEAD').trim();
  };
  const file = (name) => join(work, 'services', 'service-250', 'src', name);
  git('init', '--quiet', '--initial-branch=main');
  const first = commit();
  git('switch', '--quiet', '--create', 'entry');
  const yaml = readFileSync(join(work, 'msa.yaml'), 'utf8');
  writeFileSync(join(work, 'msa.yaml'), yaml.replace('replicas: 2', 'replicas: 3'));
  const entry = commit();
  git('switch', '--quiet', '--create', 'service', 'main');
  writeFileSync(file('file-2.js'), 'export const value = 0;\n');
  const service = commit();
  writeFileSync(file('file-3.js'), 'export const value = 0;\n');
  writeFileSync(file('new.js'), 'export const value = 0;\n');
  return { service: `${first}..${service}`, entry: `${first}..${entry}` };
}

function print(times) {
  const against = 'msa --version';
  const setting = `${serviceCount} services, ${serviceCount * filesPerService} files`;
  console.log(
    `\nWhat a change touches: ${setting} (Node ${process.version}, ${cpus().length} cores, ${rounds} rounds)`,
  );
  const names = Object.keys(times);
  console.table(
    names.map((command) => ({
      command,
      'median ms': median(times[command]).toFixed(0),
      [`x ${against}`]: medianRatio(times[command], times[against]).toFixed(2),
    })),
  );
  // A changed msa.yaml is checked as a whole, which is no part of the goal: its ratio is told alone.
  for (const name of names.filter((other) => other !== against && !other.includes('msa.yaml'))) {
    const ratio = medianRatio(times[name], times[against]);
    console.log(`${ratio <= goal ? 'met   ' : 'MISSED'} ${name} <= ${goal} x ${against}: ${ratio.toFixed(2)}`);
  }
}
