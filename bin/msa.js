#!/usr/bin/env node
// Nothing here may be newer than the oldest Node that reads this file at all, or its user gets a syntax error instead
// of the sentence below.
var wanted = [20, 19];
var found = process.versions.node.split('.').map(Number);

if (found[0] < wanted[0] || (found[0] === wanted[0] && found[1] < wanted[1])) {
  process.stderr.write(
    'error: msa needs Node ' +
      wanted.join('.') +
      ' or newer, and this is Node ' +
      process.versions.node +
      '.\n' +
      'hint: install a newer one from https://nodejs.org, or choose it in your version manager (nvm install 24).\n',
  );
  process.exitCode = 3;
} else {
  import('../dist/main.js').then(
    function (main) {
      return main.start();
    },
    function (error) {
      if (!error || error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
      process.stderr.write(
        'error: msa is not built: ' +
          error.message +
          '\n' +
          'hint: in a git checkout run `npm ci && npm run build`; an installed msa is damaged and wants `npm install` again.\n',
      );
      process.exitCode = 1;
    },
  );
}
