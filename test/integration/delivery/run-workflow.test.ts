import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { actionPins } from '../../../src/delivery/pins/pins.ts';
import { gitRepository } from '../../support/git-repository.ts';
import { runWorkflow, type WorkflowRun } from '../../support/run-workflow.ts';

// What the runs of generated workflows rely on: that expressions, matrices, conditions and artifacts are those of GitHub.

const uses = (name: keyof typeof actionPins): string => `${name}@${actionPins[name].commit}`;

const workflow = `name: try
on: [push, pull_request]
permissions: {}
defaults:
  run:
    shell: bash
jobs:
  changes:
    runs-on: ubuntu-24.04
    outputs:
      services: \${{ steps.list.outputs.services }}
      none: \${{ steps.list.outputs.none }}
    steps:
      - uses: ${uses('actions/checkout')}
        with:
          fetch-depth: 0
      - name: list
        id: list
        env:
          BASE: \${{ github.event.pull_request.base.sha }}
        run: |
          [ ! -t 0 ] && [ ! -t 1 ]
          git diff --name-only "$BASE...$GITHUB_SHA" | tee -a "$GITHUB_STEP_SUMMARY"
          echo 'services=[{"service":"orders"},{"service":"users"}]' >> "$GITHUB_OUTPUT"
          echo 'none=[]' >> "$GITHUB_OUTPUT"
  check:
    needs: changes
    if: needs.changes.outputs.services != '[]'
    strategy:
      fail-fast: false
      matrix:
        include: \${{ fromJSON(needs.changes.outputs.services) }}
    runs-on: ubuntu-24.04
    steps:
      - name: check out
        uses: ${uses('actions/checkout')}
      - name: check
        env:
          SERVICE: \${{ matrix.service }}
        run: |
          test "$(git rev-list --count HEAD)" = 1
          cat verdict
          mkdir reports && echo "$SERVICE" > reports/name
          [ "$SERVICE" != "$(cat verdict)" ]
      - name: keep
        if: always()
        uses: ${uses('actions/upload-artifact')}
        with:
          name: of-\${{ matrix.service }}
          path: reports
      - name: after
        run: fetch-it
  nothing:
    needs: changes
    if: needs.changes.outputs.none != '[]'
    runs-on: ubuntu-24.04
    steps: [{ run: exit 1 }]
  gate:
    if: always()
    needs: [changes, check, nothing]
    runs-on: ubuntu-24.04
    steps:
      - env:
          RESULTS: \${{ join(needs.*.result, ' ') }}
        run: |
          echo "results: $RESULTS"
          case "$RESULTS" in *failure*) exit 1 ;; esac
`;

/** A run for a pull request whose one change is the file \`verdict\`: the service whose check fails. */
async function tried(verdict: string, judged: (run: WorkflowRun) => Promise<void> | void): Promise<void> {
  await using repository = await gitRepository();
  const base = await repository.commit({ 'try.yml': workflow });
  await repository.commit({ verdict });
  const programs = { 'fetch-it': '#!/bin/sh\necho fetched\n' };
  const scratch = repository.beside('scratch');
  const event = { name: 'pull_request', base } as const;
  await judged(await runWorkflow({ repository: repository.root, workflow: 'try.yml', event, scratch, programs }));
}

test('runs what is to run, with what GitHub would give it', () =>
  tried('nobody', async ({ succeeded, jobs, artifacts, log }) => {
    expect([...jobs.keys()].toSorted(), log).toEqual(['changes', 'check orders', 'check users', 'gate']);
    expect(succeeded, log).toBe(true);
    expect(jobs.get('changes')?.output).toContain('verdict');
    expect(jobs.get('check users')?.output).toContain('fetched');
    expect(jobs.get('gate')?.output).toMatch(/results: (?:(?:success|skipped) ?){3}/);
    expect(await readFile(join(artifacts, 'of-orders/name'), 'utf8')).toBe('orders\n');
  }));

test('tells which leg failed, and the gate falls', () =>
  tried('orders', ({ succeeded, jobs, log }) => {
    expect(succeeded).toBe(false);
    const results = Array.from(jobs.values(), (job) => [job.name, job.succeeded] as const);
    expect(Object.fromEntries(results), log).toEqual({
      changes: true,
      'check orders': false,
      'check users': true,
      gate: false,
    });
    expect(Object.fromEntries(jobs.get('check orders')?.steps ?? [])).toEqual({
      'check out': 'success',
      check: 'failure',
      keep: 'success',
    });
  }));
