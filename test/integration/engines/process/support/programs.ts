/** Programs that behave badly, each for `command: node <name>.cjs`. What they tell, they write into files beside them. */
export const programs = {
  /** Serves and ends when asked. */
  polite: `
    require('node:http').createServer((q, r) => r.end('ok')).listen(process.env.PORT, process.env.HOST);
    process.on('SIGTERM', () => { require('node:fs').appendFileSync('signals', 'TERM '); setTimeout(() => process.exit(0), 200); });
  `,
  /** Does not care for SIGTERM. */
  deaf: `
    process.on('SIGTERM', () => console.log('no'));
    require('node:http').createServer((q, r) => r.end('ok')).listen(process.env.PORT, process.env.HOST);
  `,
  /** Has a child that does not care for SIGTERM and outlives it. */
  parent: `
    const child = require('node:child_process').spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('child')"], { stdio: 'inherit' });
    require('node:fs').writeFileSync('child.pid', String(child.pid));
    setInterval(() => {}, 1000);
  `,
  /** Leaves its group and session, and ends itself: what is called a daemon. */
  daemon: `
    const child = require('node:child_process').spawn(process.execPath, ['-e', "setInterval(() => {}, 1000)"], { detached: true, stdio: 'ignore' });
    require('node:fs').writeFileSync('child.pid', String(child.pid));
    child.unref();
  `,
  /** The same, but stays itself. */
  parentOfDaemon: `
    const child = require('node:child_process').spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('child')"], { detached: true, stdio: 'inherit' });
    require('node:fs').writeFileSync('child.pid', String(child.pid));
    setInterval(() => {}, 1000);
  `,
  /** Closes its output and goes on. */
  silent: `
    console.log('last words');
    setTimeout(() => { require('node:fs').closeSync(1); require('node:fs').closeSync(2); }, 50);
    require('node:http').createServer((q, r) => r.end('ok')).listen(process.env.PORT, process.env.HOST);
  `,
  /** Writes fifty megabytes as fast as it can, then says so in a file and goes on. */
  loud: `
    const fs = require('node:fs');
    const line = 'x'.repeat(1023) + '\\n';
    const chunk = Buffer.from(line.repeat(64));
    let left = 800;
    (function write() {
      while (left > 0) { left -= 1; if (!process.stdout.write(chunk)) return process.stdout.once('drain', write); }
      process.stdout.write('the end\\n', () => fs.writeFileSync('done', ''));
    })();
    setInterval(() => {}, 1000);
  `,
  /** Crashes at once, every time. */
  crasher: `require('node:fs').appendFileSync('starts', 'x'); console.error('ending with 7'); process.exit(7);`,
  /** Has nothing to do. */
  done: `console.log('nothing to do');`,
  /** Listens where nobody looks. */
  elsewhere: `
    require('node:http').createServer((q, r) => r.end('ok')).listen(Number(process.env.ELSEWHERE), '127.0.0.1');
  `,
  /** One line without an end, longer than anybody keeps, then bytes that are no text. */
  wordy: `
    process.stdout.write('y'.repeat(40000) + '\\n');
    process.stdout.write(Buffer.from([0xff, 0xfe, 0x00, 0x0a]));
    process.stdout.write('without an end');
    setInterval(() => {}, 1000);
  `,
} as const;

export type ProgramName = keyof typeof programs;
