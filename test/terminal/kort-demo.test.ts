import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kortProgram, PrivateHome } from '../support/daemon.js';
import { afterDeafMs } from '../support/deaf-prompt.js';
import { openTmux, type TmuxTerminal } from '../support/tmux.js';

let home: PrivateHome;
let terminal: TmuxTerminal;

beforeEach(async () => {
  home = new PrivateHome();
  home.env['TMPDIR'] = home.folder;
  const command = `${process.execPath} ${kortProgram} sandbox demo --lang sv; echo "slut $?"`;
  terminal = openTmux(command, home.env);
  await terminal.until(/PIN-kod: *$/m);
  await delay(afterDeafMs);
});
afterEach(() => {
  terminal.close();
  home.remove();
});

const leftBehind = (): readonly string[] => readdirSync(home.folder).filter((name) => name.startsWith('kort-demo-'));

describe('kort sandbox demo on a terminal', () => {
  it('shows the PIN of the sandbox card in the prompt, and signs in with it', async () => {
    expect(terminal.screen()).toContain('| Sandlåda: kortets PIN-kod är 123456.');
    terminal.keys('123456', 'Enter');
    await terminal.until(/Inloggningen är klar och svaret är kontrollerat[^]*slut 0/);
    expect(leftBehind()).toEqual([]);
  });

  it.each([['Escape'], ['C-c']])('ends with 5 when it is cancelled with %s', async (key) => {
    terminal.keys(key);
    expect(await terminal.until(/slut \d/)).toMatch(/Du avbröt inloggningen\.[^]*slut 5/);
    expect(leftBehind()).toEqual([]);
  });

  it('ends with 4 when the PIN was blocked', async () => {
    for (let tries = 4; tries >= 2; tries -= 1) {
      terminal.keys('999999', 'Enter');
      await terminal.until(new RegExp(`Fel PIN-kod\\. ${tries} försök kvar`));
    }
    terminal.keys('999999', 'Enter');
    await terminal.until(/SISTA FÖRSÖKET/);
    terminal.keys('sista', 'Enter');
    await terminal.until(/PIN-kod: *$/m);
    terminal.keys('999999', 'Enter');
    await terminal.until(/PIN-koden är låst/);
    terminal.keys('Enter');
    await terminal.until(/slut 4/);
  });
});
