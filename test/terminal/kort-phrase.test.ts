import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { kortProgram } from '../support/daemon.js';
import { afterDeafMs } from '../support/deaf-prompt.js';
import { startSandboxBench, type SandboxBench } from '../support/sandbox-bench.js';
import { openTmux, type TmuxTerminal } from '../support/tmux.js';

const size = { columns: 80, rows: 24 };
const tolvan = { subject: 'TSTNMT2321000156-1024' };
let bench: SandboxBench;
let terminals: TmuxTerminal[] = [];
beforeAll(async () => {
  bench = await startSandboxBench();
  await bench.daemon.client.request('sandbox.insert', { card: 'tolvan', reader: 'Sandbox Reader 1' });
  await bench.settled();
});
afterEach(async () => {
  for (const terminal of terminals) terminal.close();
  terminals = [];
  await expect.poll(async () => (await bench.daemon.client.request('daemon.status', {})).surfaces).toBe(0);
});
afterAll(() => bench.close());

function run(args: string): TmuxTerminal {
  const command = `${process.execPath} ${kortProgram} --instance sandbox ${args}; echo "ended $?"`;
  const terminal = openTmux(command, bench.home.env, size);
  terminals.push(terminal);
  return terminal;
}

async function prompt(language: 'sv' | 'en'): Promise<TmuxTerminal> {
  const terminal = await bench.prompt(language, size);
  terminals.push(terminal);
  return terminal;
}

describe('kort phrase set on a terminal', () => {
  it('takes what is typed, letters of the language included, and corrections', async () => {
    const terminal = run('--lang sv phrase set');
    await terminal.until(/^Fras: *$/m);
    terminal.keys('Blå elefantt', 'BSpace', 'Enter');
    const screen = await terminal.until(/ended 0/);
    expect(screen.replaceAll(/\s+/g, ' ')).toContain('Från och med nu visar varje äkta fråga: Blå elefant.');
    expect(await bench.daemon.client.request('phrase.get', {})).toEqual({ phrase: 'Blå elefant' });
  });

  it('changes nothing when it is interrupted or left empty', async () => {
    const interrupted = run('--lang en phrase set');
    await interrupted.until(/^Phrase: *$/m);
    interrupted.keys('Green', 'C-c');
    await interrupted.until(/ended [1-9]/);
    const empty = run('--lang en phrase set');
    await empty.until(/^Phrase: *$/m);
    empty.keys('Enter');
    expect(await empty.until(/ended 2/)).toContain('the phrase is empty');
    expect(await bench.daemon.client.request('phrase.get', {})).toEqual({ phrase: 'Blå elefant' });
  });
});

describe('two terminals at one daemon', () => {
  it('have one question: it stands in the one that was opened last, and T takes it to the other, anew', async () => {
    const first = await prompt('sv');
    const second = await prompt('en');
    expect(await first.until(/Nästa fråga kommer i en annan terminal/)).toContain('T: frågorna ska komma hit');
    const login = bench.login();
    await second.until(/Your phrase: Blå elefant[^]*PIN: *$/m);
    const elsewhere = await first.until(/En fråga är öppen i en annan terminal:/);
    expect(elsewhere).toMatch(/Sandlådans vårdcentral \(legitimering/);
    await delay(afterDeafMs);
    second.keys('1234');
    await second.until(/PIN: ••••$/m);
    first.keys('t');
    await first.until(/Din fras: Blå elefant[^]*PIN-kod: *$/m);
    expect(await second.until(/A question is open in another terminal/)).not.toContain('•');
    await delay(afterDeafMs);
    first.keys('123456', 'Enter');
    expect(await login).toMatchObject(tolvan);
    await second.until(/Done: /);
  });

  it('lose nothing but what was typed when the one with the question dies', async () => {
    const first = await prompt('en');
    const second = await prompt('en');
    const login = bench.login();
    await second.until(/PIN: *$/m);
    await delay(afterDeafMs);
    second.keys('12');
    second.close();
    terminals = [first];
    await first.until(/PIN: *$/m);
    await delay(afterDeafMs);
    first.keys('123456', 'Enter');
    expect(await login).toMatchObject(tolvan);
    expect(await bench.tries('Sandbox Reader 1')).toBe(5);
  });
});
