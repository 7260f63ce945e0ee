// `npm run bench`: start-up against bare Node, and scaffolding against the generators people use now.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensureInstalled, root } from '../scripts/ensure-installed.js';
import { measure, median, medianRatio } from './measure.js';
import { installPeers } from './support.js';

const peers = { '@nestjs/cli': '12.0.8', 'fastify-cli': '8.0.2' };
const rounds = Number(process.env.BENCH_ROUNDS ?? 15);

ensureInstalled();
execFileSync(process.execPath, [join(root, 'scripts/build.js')], { stdio: ['ignore', 2, 2] });
const peersDirectory = installPeers('generators', peers);
const work = mkdtempSync(join(tmpdir(), 'msa-bench-'));
try {
  const msa = join(root, 'bin/msa.js');
  const startUp = measure(
    {
      'node -e 0': { argv: [process.execPath, '-e', '0'] },
      'msa --version': { argv: [process.execPath, msa, '--version'] },
      'msa --help': { argv: [process.execPath, msa, '--help'] },
    },
    rounds,
  );
  const scaffold = measure(
    {
      'msa new service': {
        argv: [process.execPath, msa, 'new', 'service', 'orders', '--yes'],
        prepare: emptyWorkspace,
      },
      'nest new --skip-install': {
        argv: [
          process.execPath,
          peer('@nestjs/cli/bin/nest.js'),
          'new',
          'orders',
          '--skip-install',
          '--skip-git',
          '-p',
          'npm',
        ],
        prepare: emptyDirectory,
      },
      'fastify generate': {
        argv: [process.execPath, peer('fastify-cli/cli.js'), 'generate', 'orders', '--lang=ts'],
        prepare: emptyDirectory,
      },
    },
    Math.max(3, Math.ceil(rounds / 3)),
  );
  print('Start-up', startUp, { against: ['node -e 0'], goal: 1.5 });
  print('A new service', scaffold, {
    of: 'msa new service',
    against: ['nest new --skip-install', 'fastify generate'],
    goal: 0.4,
  });
} finally {
  rmSync(work, { recursive: true, force: true });
}

function peer(file) {
  return join(peersDirectory, 'node_modules', file);
}

function emptyDirectory() {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  return { cwd: work };
}

function emptyWorkspace() {
  const options = emptyDirectory();
  writeFileSync(join(work, 'msa.yaml'), 'name: bench\nservices: {}\n');
  return options;
}

function print(title, times, { of, against, goal }) {
  const measured = Object.keys(times);
  console.log(`\n${title} (Node ${process.version}, ${cpus().length} cores, ${times[measured[0]].length} rounds)`);
  const rows = measured.map((name) => ({
    command: name,
    'median ms': median(times[name]).toFixed(0),
    ...Object.fromEntries(against.map((other) => [`x ${other}`, medianRatio(times[name], times[other]).toFixed(2)])),
  }));
  console.table(rows);
  const judged = of === undefined ? measured.filter((name) => !against.includes(name)) : [of];
  for (const name of judged) {
    for (const other of against) {
      const ratio = medianRatio(times[name], times[other]);
      console.log(`${ratio <= goal ? 'met   ' : 'MISSED'} ${name} <= ${goal} x ${other}: ${ratio.toFixed(2)}`);
    }
  }
}
