import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { findBaseImages } from '../../../../src/delivery/images/base-images.ts';
import { hasDocker } from '../../../support/docker.ts';
import { tempDir } from '../../../support/temp-dir.ts';

// What stands between: the builder starts from redis if the last line is an instruction to it, and from debian if it is not.
const first = 'FROM debian:trixie-slim AS first';
const last = 'FROM redis:8';

/** The image that the builder looks up for a Dockerfile's last stage, whatever comes of the build. */
async function lookedUp(dockerfile: string): Promise<string | undefined> {
  await using dir = await tempDir();
  await writeFile(join(dir.path, 'Dockerfile'), dockerfile);
  const { stderr } = spawnSync('docker', ['buildx', 'build', '--progress=plain', dir.path], { encoding: 'utf8' });
  const images = Array.from(stderr.matchAll(/load metadata for docker\.io\/library\/(\S+)/g), ([, image]) => image);
  // What has swallowed the last line has not seen an instruction in it.
  if (stderr.includes('unterminated heredoc')) return 'debian:trixie-slim';
  expect(new Set(images).size, stderr).toBe(1);
  return images[0];
}

describe.skipIf(!hasDocker)('a Dockerfile is read as the builder reads it:', () => {
  test.each([
    ['nothing special', ['RUN true']],
    ['lines that go on', ['RUN echo \\', '  # why', '', 'again']],
    ['a line that goes on into the next instruction', ['RUN echo \\']],
    ['blanks behind what joins lines', ['RUN echo \\ \t']],
    ['two backslashes', ['RUN echo \\\\']],
    ['three backslashes', ['RUN echo \\\\\\']],
    ['a comment that would go on', ['# why \\']],
    ['a heredoc', ['RUN <<EOF', 'EOF']],
    ['a heredoc that goes on', ['RUN <<EOF', 'true']],
    ['a heredoc in quotes', ['RUN cat <<"EOF"', 'true', 'EOF']],
    ['a heredoc with another end', ['RUN cat <<"EOF"', '"EOF"']],
    ['a heredoc with an indented end', ['RUN <<-EOF', '\tEOF']],
    ['a heredoc whose end may not be indented', ['RUN <<EOF', '\tEOF']],
    ['a heredoc indented by blanks', ['RUN <<-EOF', '  EOF']],
    ['two heredocs', ['COPY <<ONE <<TWO /a/', 'ONE']],
    ['a heredoc of a descriptor', ['RUN cat 0<<EOF', 'true']],
    ['a heredoc behind a line that goes on', ['RUN cat <<EOF \\', '  && true', 'true']],
    ['a heredoc that is only text', ['RUN echo "a <<EOF"']],
    ['a heredoc that is only text in a list', ['RUN ["echo", "a <<EOF"]']],
    ['a shift of bits', ['RUN echo $((1<<2))']],
    ['a here-string', ['RUN cat <<<EOF']],
    ['a heredoc of an instruction that has none', ['ENV A=<<EOF']],
    ['a label with quotes over lines', ['LABEL a="b \\']],
    ['a trigger', ['ONBUILD RUN echo \\']],
    ['a heredoc of a trigger', ['ONBUILD RUN <<EOF']],
    ['a heredoc in lower case', ['run <<EOF']],
    ['a heredoc stuck to a word', ['RUN cat<<EOF']],
    ['a heredoc with a redirection stuck to it', ['RUN cat <<EOF>/dev/null', 'EOF']],
    ['an escaped heredoc', ['RUN echo \\<<EOF']],
  ])('%s', async (_what, between) => {
    const dockerfile = [first, ...between, last].join('\n');
    const found = findBaseImages(dockerfile).at(-1)?.text;
    expect(found).toBe(await lookedUp(dockerfile));
  });

  test.each([
    ['an escape by directive', ['# escape=`', first, 'RUN echo `', last]],
    ['an escape that is not one any more', ['# escape=`', first, 'RUN echo \\', last]],
    ['a directive too late', ['# why', '# escape=`', first, 'RUN echo `', last]],
    ['a directive behind an empty line', ['', '# escape=`', first, 'RUN echo `', last]],
    ['a directive behind what is none', ['# maker=me', '# escape=`', first, 'RUN echo `', last]],
    ['a directive with blanks', ['#escape = `  ', first, 'RUN echo `', last]],
    ['a directive in capitals', ['# ESCAPE=`', first, 'RUN echo `', last]],
    ['Windows line ends', [`${first}\r`, 'RUN echo \\\r', `${last}\r`]],
    ['a byte order mark', [`\u{FEFF}${last}`]],
    ['an instruction over lines', [first, 'FROM \\', '  # why', '', '  redis:8']],
    ['a heredoc with Windows line ends', [`${first}\r`, 'RUN <<EOF\r', 'EOF\r', `${last}\r`]],
  ])('%s', async (_what, lines) => {
    const dockerfile = lines.join('\n');
    const found = findBaseImages(dockerfile).at(-1)?.text;
    expect(found).toBe(await lookedUp(dockerfile));
  });
});
