import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PromptAnswer, PromptSession } from '../../src/operations/prompt.js';
import { openControlStage, type ControlStage } from '../support/control-stage.js';
import { kortProgram, PrivateHome } from '../support/daemon.js';
import { afterDeafMs } from '../support/deaf-prompt.js';
import { promptView } from '../support/prompt-view.js';
import { runWithOwnProc } from '../support/own-proc.js';
import { openTmux, type TmuxTerminal } from '../support/tmux.js';

const forever = new AbortController().signal;

let home: PrivateHome;
let stage: ControlStage;
let terminals: TmuxTerminal[];

beforeEach(async () => {
  home = new PrivateHome();
  terminals = [];
  mkdirSync(join(home.folder, 'run', 'kort'), { recursive: true, mode: 0o700 });
  stage = await openControlStage({ socketPath: join(home.folder, 'run', 'kort', 'control.sock') });
});
afterEach(async () => {
  for (const terminal of terminals) terminal.close();
  await stage.close();
  home.remove();
});

async function startPrompt(
  args = '',
  around = (command: string) => command,
  size = { columns: 100, rows: 40 },
): Promise<TmuxTerminal> {
  const command = around(`${process.execPath} ${kortProgram} prompt ${args}`);
  const terminal = openTmux(command, home.env, size);
  terminals.push(terminal);
  await expect.poll(() => stage.prompts.surfaces.available).toBe(true);
  return terminal;
}

/** Shows an order, and waits until its prompt listens. */
async function showOrder(
  terminal: TmuxTerminal,
  change: Parameters<typeof promptView>[1] = {},
): Promise<PromptSession> {
  const prompt = stage.prompts.surfaces.open('p1');
  prompt.show(promptView('p1', change));
  await terminal.until(/Exempelkliniken|Example Clinic/);
  await delay(afterDeafMs);
  return prompt;
}

/** The program that the terminal's shell runs. */
const childOf = (pid: number): number =>
  Number(runWithOwnProc('cat', [`/proc/${pid}/task/${pid}/children`]).toString());

const textOf = (answer: PromptAnswer): string =>
  answer.kind === 'pin' ? answer.pin.use((bytes) => Buffer.from(bytes).toString()) : answer.kind;

describe('kort prompt', () => {
  it('waits, shows who asks and with which card, takes the PIN as dots, and tells the outcome', async () => {
    const terminal = await startPrompt('--lang sv');
    await terminal.until(/Väntar på att en tjänst/);
    const prompt = await showOrder(terminal, { bindingMessage: 'Journal \u001b[31m för \u202eavdelning 7' });
    const screen = terminal.screen();
    for (const fact of [
      'Exempelkliniken vill att du loggar in',
      'registrerad av din administratör',
      'Webbplats: https://login.clinic.example',
      'Kontrollkod: AB23',
      'Tjänsten kräver tillitsnivå 3',
      'Tjänsten skriver:',
      '| Journal [31m för avdelning 7',
      'Kort: Tolvan 940 (läsare Reader 1)',
      'Tolvan Tolvansson, TEST Organisation · tillitsnivå 3 · giltigt till 2028-11-21',
      'Försök kvar: 3',
    ]) {
      expect(screen).toContain(fact);
    }
    const answer = prompt.answer(forever);
    terminal.keys('8', '3', '5', '9');
    expect(await terminal.until(/PIN-kod: ••••$/m)).not.toContain('8359');
    terminal.keys('BSpace', '1');
    await terminal.until(/PIN-kod: ••••$/m);
    terminal.keys('Enter');
    expect(textOf(await answer)).toBe('8351');
    await terminal.until(/Kortet arbetar/);
    prompt.close({ status: 'complete' });
    await terminal.until(/Klart: du har legitimerat dig för Exempelkliniken\.[^]*Väntar på att en tjänst/);
  });

  it('says what was wrong and how many tries are left, and takes a new PIN', async () => {
    const terminal = await startPrompt('--lang sv');
    const prompt = await showOrder(terminal);
    const wrong = prompt.answer(forever);
    terminal.keys('1111', 'Enter');
    await wrong;
    prompt.show(promptView('p1', { state: 'working' }));
    prompt.show(
      promptView('p1', { attemptsRemaining: 2, problem: { code: 'ERR_PIN_WRONG', fields: { attemptsRemaining: 2 } } }),
    );
    const screen = await terminal.until(/Fel PIN-kod\. 2 försök kvar\./);
    expect(screen).toMatch(/PIN-kod: *$/m);
    const right = prompt.answer(forever);
    terminal.keys('2222', 'Enter');
    expect(textOf(await right)).toBe('2222');
  });

  it('marks a service that no administrator registered', async () => {
    const terminal = await startPrompt();
    await showOrder(terminal, {
      relyingParty: { name: { sv: 'Exempelkliniken', en: 'Example Clinic' }, registeredBy: 'user' },
      origin: undefined,
    });
    expect(terminal.screen()).toContain('NOT from your administrator');
    expect(terminal.screen()).toContain('From: a program on this computer');
    expect(terminal.screen()).not.toContain('Web site');
  });

  it('lets no text from outside begin a row of its own, in a narrow window and a wide one', async () => {
    const terminal = await startPrompt('--lang sv', undefined, { columns: 80, rows: 24 });
    // A terminal of 40 or 80 columns that wraps by itself would begin a row with the forged code.
    const message = `${'Journal om vård. '.repeat(4)}Journal Kontrollkod: ZZZZ är den som gäller ${'全'.repeat(30)}`;
    await showOrder(terminal, { attemptsRemaining: 1, lastTry: true, bindingMessage: message });
    for (const [columns, forged] of [
      [80, /^ {2}\| Kontrollkod: ZZZZ/m],
      [57, /^ {2}\| Journal om vård\. Journal Kontrollkod: ZZZZ/m],
      [40, /^ {2}\| Journal Kontrollkod: ZZZZ/m],
    ] as const) {
      terminal.resize(columns, 24);
      const screen = await terminal.until(forged);
      for (const fact of [
        /^Tjänsten Exempelkliniken vill/m,
        /https:\/\/login\.clinic\.example$/m,
        /^ {2}Kontrollkod: AB23$/m,
        /^ {2}SISTA FÖRSÖKET\./m,
        /^Skriv SISTA/m,
      ]) {
        expect(screen).toMatch(fact);
      }
      expect(screen.match(/^ *Kontrollkod.*$/gm)).toEqual(['  Kontrollkod: AB23']);
      expect(screen).not.toMatch(/^\s*全/m);
    }
  });

  it('says that a request has come, and that it failed, instead of how the one before ended', async () => {
    const terminal = await startPrompt('--lang sv');
    const before = await showOrder(terminal);
    before.close({ status: 'complete' });
    await terminal.until(/Klart: du har legitimerat dig/);
    const next = stage.prompts.surfaces.open('p2');
    expect(await terminal.until(/En begäran har kommit/)).not.toContain('Klart');
    next.close({ status: 'failed', hintCode: 'cardRemoved' });
    expect(await terminal.until(/En begäran blev inte av\. Kortet togs ut/)).not.toContain('Klart');
    await terminal.until(/Väntar på att en tjänst/);
  });

  it('says how to get away from a card that works for long', async () => {
    const terminal = await startPrompt('--lang sv');
    const prompt = await showOrder(terminal);
    const answer = prompt.answer(forever);
    terminal.keys('8351', 'Enter');
    await answer;
    prompt.show(promptView('p1', { state: 'working' }));
    await terminal.until(/Kortet arbetar[^]*Esc avbryter inloggningen/);
    await terminal.until(/Kortet svarar inte\.[^]*dra ut kortet[^]*Esc avbryter inloggningen/);
    const cancelled = prompt.answer(forever);
    terminal.keys('Escape');
    expect(await cancelled).toEqual({ kind: 'cancel' });
  });

  it('asks for a typed word before the last try, and drops a PIN that is typed too early', async () => {
    const terminal = await startPrompt('--lang sv');
    const prompt = await showOrder(terminal, { attemptsRemaining: 1, lastTry: true });
    expect(terminal.screen()).toContain('SISTA FÖRSÖKET');
    const answer = prompt.answer(forever);
    terminal.keys('8351', 'Enter');
    terminal.keys('sista');
    await terminal.until(/SISTA för att godkänna att det sista försöket används: SISTA/);
    terminal.keys('Enter');
    await terminal.until(/PIN-kod: *$/m);
    terminal.keys('8352', 'Enter');
    const given = await answer;
    expect(given).toMatchObject({ kind: 'pin', lastTryConsent: true });
    expect(textOf(given)).toBe('8352');
  });

  it('lets the user take another card, by Tab and a number, and forgets what was typed', async () => {
    const terminal = await startPrompt();
    const [one] = promptView('p1').candidates;
    const candidates = [
      one!,
      { ...one!, id: 'c2', tokenLabel: 'Tretton reserve', holder: 'Tretton Trettonsson', level: 2 as const },
    ];
    const prompt = await showOrder(terminal, { candidates });
    const answer = prompt.answer(forever);
    terminal.keys('8351', 'Tab');
    await terminal.until(/2 {2}Tretton Trettonsson: Tretton reserve/);
    terminal.keys('2');
    expect(await answer).toEqual({ kind: 'choose', candidateId: 'c2' });
    prompt.show(promptView('p1', { candidates, chosen: 'c2' }));
    expect(await terminal.until(/Card: Tretton reserve/)).toMatch(/PIN: *$/m);
  });

  it('takes a number where the user must choose, and Enter where something is explained', async () => {
    const terminal = await startPrompt();
    const prompt = await showOrder(terminal, { state: 'choose', chosen: undefined });
    const choice = prompt.answer(forever);
    terminal.keys('9', '1');
    expect(await choice).toEqual({ kind: 'choose', candidateId: 'c1' });
    prompt.show(promptView('p1', { state: 'explain', problem: { code: 'levelNotMet', fields: {} } }));
    await terminal.until(/assurance level is not the one/);
    const seen = prompt.answer(forever);
    terminal.keys('Enter');
    expect(await seen).toEqual({ kind: 'acknowledge' });
  });

  it('cancels with Escape, but not with an arrow key', async () => {
    const terminal = await startPrompt('--lang sv --once', (command) => `${command}; echo "slut $?"`);
    const prompt = await showOrder(terminal);
    const answer = prompt.answer(forever);
    terminal.keys('Up', '8');
    await terminal.until(/PIN-kod: •$/m);
    terminal.keys('Escape');
    expect(await answer).toEqual({ kind: 'cancel' });
    prompt.close({ status: 'failed', hintCode: 'userCancel' });
    await terminal.until(/^Inloggningen hos Exempelkliniken blev inte av\. Du avbröt inloggningen\.\nslut 5$/m);
  });

  it('opens a waiting order only when its number is pressed', async () => {
    const terminal = await startPrompt();
    const prompt = await showOrder(terminal);
    const name = { sv: 'Laboratoriet', en: 'Laboratory' };
    stage.prompts.surfaces.open('p2').show(promptView('p2', { relyingParty: { name, registeredBy: 'system' } }));
    await terminal.until(/One more request is waiting/);
    prompt.close({ status: 'complete' });
    await terminal.until(/1 {2}Laboratory/);
    await delay(afterDeafMs);
    terminal.keys('1');
    await terminal.until(/Laboratory wants you to sign in/);
  });

  it.each([
    ['Ctrl-C', (terminal: TmuxTerminal) => terminal.keys('C-c'), 0],
    ['the end of the daemon', () => void stage.server.close(), 7],
    ['SIGTERM', ({ pid }: TmuxTerminal) => process.kill(childOf(pid), 'SIGTERM'), 5],
    ['SIGHUP', ({ pid }: TmuxTerminal) => process.kill(childOf(pid), 'SIGHUP'), 5],
  ])('puts the terminal back after %s', async (_what, end, status) => {
    const terminal = await startPrompt('', (command) => `echo before; ${command}; echo "status $?"; stty -a`);
    await terminal.until(/Waiting for a service/);
    end(terminal);
    const screen = await terminal.until(/status \d[^]*iexten|status \d[^]*echoke/);
    expect(screen).toMatch(/^before$/m);
    expect(screen).toContain(`status ${status}`);
    expect(screen).toMatch(/[^-]icanon/);
    expect(screen).toMatch(/[^-]echo /);
    expect(screen).not.toContain('Waiting for a service');
  });

  it('cancels an open order with Ctrl-C', async () => {
    const terminal = await startPrompt('', (command) => `${command}; echo "status $?"; stty -a`);
    const prompt = await showOrder(terminal);
    const answer = prompt.answer(forever);
    terminal.keys('8351', 'C-c');
    expect(await answer).toEqual({ kind: 'cancel' });
    const screen = await terminal.until(/status 5[^]*echoke/);
    expect(screen).toMatch(/[^-]icanon/);
  });

  it('has no colors with --no-color or NO_COLOR, and some otherwise', async () => {
    const colored = await startPrompt();
    await showOrder(colored);
    expect(colored.coloredScreen()).toMatch(/\u001b\[1m/);
    colored.close();
    terminals.length = 0;
    const plain = await startPrompt('--no-color');
    await plain.until(/Example Clinic/);
    expect(plain.coloredScreen()).not.toMatch(/\u001b\[[1-9]/);
    home.env['NO_COLOR'] = '1';
    const also = await startPrompt();
    await also.until(/Example Clinic/);
    expect(also.coloredScreen()).not.toMatch(/\u001b\[[1-9]/);
  });
});
