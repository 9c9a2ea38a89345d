import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { openTmux } from '../support/tmux.js';

const program = `
  import { openKeyTerminal } from './src/platform/terminal.ts';
  const kept = [];
  let text = '';
  const terminal = openKeyTerminal({
    onBytes(bytes) {
      kept.push(bytes);
      text += Buffer.from(bytes).toString('latin1');
      if (text.length < 4) return;
      setImmediate(() => {
        const wiped = kept.every((part) => part.every((byte) => byte === 0));
        const one = new Set(kept.map((part) => part.buffer)).size === 1;
        terminal.close();
        console.log(['read', text, wiped ? 'wiped' : 'left', one ? 'one buffer' : 'several'].join(' '));
      });
    },
    onResize() {},
  });
  console.log('ready')`;

it('openKeyTerminal() reads keys without echo through one buffer, wipes it, and gives the terminal back', async () => {
  const node = `${process.execPath} --import ./test/support/typescript-loader.mjs --input-type=module`;
  const terminal = openTmux(`${node} -e "$PROGRAM"; stty -a`, {
    PATH: process.env['PATH'],
    HOME: tmpdir(),
    PROGRAM: program.replaceAll('\n', ' '),
  });
  try {
    await terminal.until(/^ready$/m);
    terminal.keys('7', '3', '5', '1');
    const screen = await terminal.until(/^read [^]*echoke/m);
    expect(screen).toMatch(/^ready\n *read 7351 wiped one buffer$/m);
    expect(screen).toMatch(/[^-]icanon/);
  } finally {
    terminal.close();
  }
});
