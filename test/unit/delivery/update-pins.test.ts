import { describe, expect, test } from 'vitest';

import { actionPins, imagePins } from '../../../src/delivery/pins/pins.ts';
import { updatePins } from '../../../src/delivery/pins/update-pins.ts';

const checkout = actionPins['actions/checkout'];
const node = actionPins['actions/setup-node'];
const grype = imagePins['anchore/grype'];
const other = 'a'.repeat(40);
const otherDigest = `sha256:${'b'.repeat(64)}`;

const pinned = `actions/checkout@${checkout.commit}`;
const update = (text: string): string => updatePins(text, '#').text;
const reasons = (text: string): readonly string[] => updatePins(text, '#').left.map(({ reason }) => reason);

describe('actions', () => {
  test.each([
    ['a tag', '- uses: actions/checkout@v4', `- uses: ${pinned} # ${checkout.version}`],
    ['a tag of the current line', '- uses: actions/checkout@v7', `- uses: ${pinned} # ${checkout.version}`],
    [
      'a commit by its comment',
      `- uses: actions/checkout@${other} # v4.2.2`,
      `- uses: ${pinned} # ${checkout.version}`,
    ],
    [
      'what a comment says besides',
      `- uses: actions/checkout@${other} #  tag=v4.2.2, as agreed`,
      `- uses: ${pinned} #  tag=${checkout.version}, as agreed`,
    ],
    [
      'a comment without a version',
      '- uses: actions/checkout@v4 # the code',
      `- uses: ${pinned} # ${checkout.version} the code`,
    ],
    ['quotes', `- "uses": 'actions/checkout@v4'`, `- "uses": '${pinned}' # ${checkout.version}`],
    [
      'a path inside of it',
      '  uses: actions/checkout/sub/path@v4',
      `  uses: actions/checkout/sub/path@${checkout.commit} # ${checkout.version}`,
    ],
    [
      'another case',
      '- uses: Actions/Checkout@v4',
      `- uses: Actions/Checkout@${checkout.commit} # ${checkout.version}`,
    ],
    ['blanks at the end', '- uses: actions/checkout@v4  ', `- uses: ${pinned} # ${checkout.version}  `],
    [
      'several in a line',
      'steps: [{ uses: actions/checkout@v4 }, { uses: actions/setup-node@v3 }]',
      `steps: [{ uses: ${pinned} }, { uses: actions/setup-node@${node.commit} }] # ${checkout.version}, ${node.version}`,
    ],
    [
      'several in a line with their versions',
      `steps: [{ uses: actions/checkout@${other} }, { uses: actions/setup-node@${other} }] # v4.0.0, v3.0.0`,
      `steps: [{ uses: ${pinned} }, { uses: actions/setup-node@${node.commit} }] # ${checkout.version}, ${node.version}`,
    ],
    ['a comment that lies', `- uses: ${pinned} # v3.0.0`, `- uses: ${pinned} # ${checkout.version}`],
    ['what the comment forgot', `- uses: ${pinned}`, `- uses: ${pinned} # ${checkout.version}`],
  ])('are moved with %s', (_what, before, after) => {
    expect(update(before)).toBe(after);
    expect(updatePins(after, '#')).toEqual({ text: after, moved: [], left: [] });
  });

  test.each([
    ['newer than', '- uses: actions/checkout@v8'],
    ['newer than', `- uses: actions/checkout@${other} # v7.1.0`],
    ['may be newer', `- uses: actions/checkout@${other} # v7`],
    ['another commit', `- uses: actions/checkout@${other} # ${checkout.version}`],
    ['no version says', `- uses: actions/checkout@${other}`],
    ['no version', '- uses: actions/checkout@main'],
    ['no version says', `- { uses: actions/checkout@${other}, with: { a: actions/setup-node@v3 } }`],
  ])('stay and are told: %s', (reason, line) => {
    expect(update(line)).toBe(line);
    expect(reasons(line).join('\n')).toContain(reason);
  });

  test('stay where the others of their line have no version', () => {
    const line = `steps: [{ uses: actions/checkout@v4 }, { uses: acme/tool@${other} }]`;
    expect(update(line)).toBe(line);
    expect(updatePins(line, '#').left).toEqual([
      { line: 1, name: 'actions/checkout', at: 'v4', reason: 'its line uses what has no version' },
    ]);
  });

  test.each([
    '- uses: acme/checkout@v1',
    '- uses: ./actions/checkout@v1',
    '# - uses: actions/checkout@v4',
    '  # uses: actions/checkout@v4',
    '- run: echo "uses: actions/checkout@v4"',
    '- uses: actions/checkout-more@v4',
    '- name: uses actions/checkout@v4',
  ])('are not what looks like them: %s', (line) => {
    expect(updatePins(line, '#')).toEqual({ text: line, moved: [], left: [] });
  });
});

describe('images', () => {
  const current = `anchore/grype:${grype.tag}@${grype.digest}`;

  test.each([
    ['a tag', 'image: anchore/grype:v0.90.0', `image: ${current}`],
    ['tag and digest', `docker run anchore/grype:v0.90.0@${otherDigest} -x`, `docker run ${current} -x`],
    ['a registry', 'image: docker.io/anchore/grype:v0.90.0', `image: docker.io/${current}`],
    ['a digest alone', `image: anchore/grype@${grype.digest}`, `image: ${current}`],
    ['two in a line', '[anchore/grype:v0.1, anchore/grype:v0.2]', `[${current}, ${current}]`],
    ['an action that is one', 'uses: docker://anchore/grype:v0.90.0', `uses: docker://${current}`],
  ])('are moved with %s', (_what, before, after) => {
    expect(update(before)).toBe(after);
    expect(updatePins(after, '#')).toEqual({ text: after, moved: [], left: [] });
  });

  test.each([
    ['newer than', 'image: anchore/grype:v9.0.0'],
    ['no version', 'image: anchore/grype:latest'],
    ['another line', 'image: node:22.1.0-trixie'],
    ['no version says', `image: anchore/grype@${otherDigest}`],
    ['another digest', `image: anchore/grype:${grype.tag}@${otherDigest}`],
  ])('stay and are told: %s', (reason, line) => {
    expect(update(line)).toBe(line);
    expect(reasons(line).join('\n')).toContain(reason);
  });

  test.each([
    '# anchore/grype:v0.1 finds it',
    'image: acme/anchore/grype:v0.1',
    'image: anchore/grype-db:v0.1',
    'image: anchore/grype:v0.1-debug',
    'image: node:24-slim',
    'DOCKER_HOST: tcp://docker:2376',
    'grype docker:orders',
    'see https://example.com/anchore/grype:v0.1',
    'anchore/grype finds it',
  ])('are not what looks like them: %s', (line) => {
    expect(updatePins(line, '#')).toEqual({ text: line, moved: [], left: [] });
  });

  test('are found in Jenkinsfiles, whose comments begin otherwise', () => {
    const before =
      "sh 'curl https://a.example/x' // anchore/grype:v0.1\nsh '''docker run anchore/grype:v0.1 # scan'''\n";
    const after = `sh 'curl https://a.example/x' // anchore/grype:v0.1\nsh '''docker run ${current} # scan'''\n`;
    expect(updatePins(before, '//').text).toBe(after);
  });
});

test('every other byte stays, whatever ends the lines', () => {
  const text = 'a: 1\r\n\r\n  - uses: actions/checkout@v4\r\n\t# a comment\n\n  - run: x # y\r\nno end';
  const updated = updatePins(text, '#');
  expect(updated.text).toBe(text.replace('actions/checkout@v4', `${pinned} # ${checkout.version}`));
  expect(updated.moved).toEqual([{ line: 3, name: 'actions/checkout', from: 'v4', to: checkout.version }]);
});

test('the table holds whole commits and digests', () => {
  for (const { version, commit } of Object.values(actionPins)) {
    expect(version).toMatch(/^v\d+\.\d+\.\d+$/);
    expect(commit).toMatch(/^[0-9a-f]{40}$/);
  }
  for (const { tag, digest } of Object.values(imagePins)) {
    expect(tag).toMatch(/^v?\d+(\.\d+){1,2}(-\w+)?$/);
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  }
});
