import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PromptSession } from '../../src/operations/prompt.js';
import { openControlStage, type ControlStage } from '../support/control-stage.js';
import { kortProgram, PrivateHome } from '../support/daemon.js';
import { afterDeafMs } from '../support/deaf-prompt.js';
import { promptView } from '../support/prompt-view.js';
import { openTmux, type TmuxTerminal } from '../support/tmux.js';

const forever = new AbortController().signal;

let home: PrivateHome;
let stage: ControlStage;
let terminal: TmuxTerminal | undefined;

beforeEach(async () => {
  home = new PrivateHome();
  mkdirSync(join(home.folder, 'run', 'kort'), { recursive: true, mode: 0o700 });
  stage = await openControlStage({ socketPath: join(home.folder, 'run', 'kort', 'control.sock') });
});
afterEach(async () => {
  terminal?.close();
  await stage.close();
  home.remove();
});

const documents = [
  { label: 'Intyg 7804', digest: `sha256:${'ab'.repeat(32)}` },
  { label: 'Bilaga', digest: `sha512:${'cd'.repeat(64)}` },
];
const signature = {
  purpose: 'sign',
  state: 'read',
  documents,
  documentsNow: 2,
  pinRole: 'signature',
  visibleText: Array.from({ length: 40 }, (_, index) => `${index + 1}. Jag intygar punkt ${index + 1}.`).join('\n'),
} as const;

/** A terminal with this order on it, whose prompt listens. */
async function show(
  size: { columns: number; rows: number },
  change: Parameters<typeof promptView>[1],
  first = /Exempelkliniken/,
): Promise<readonly [TmuxTerminal, PromptSession]> {
  const opened = openTmux(`${process.execPath} ${kortProgram} prompt --lang sv`, home.env, size);
  terminal = opened;
  await expect.poll(() => stage.prompts.surfaces.available).toBe(true);
  const prompt = stage.prompts.surfaces.open('p1');
  prompt.show(promptView('p1', change));
  await opened.until(first);
  await delay(afterDeafMs);
  return [opened, prompt];
}

describe('kort prompt for a signature', () => {
  it.each([
    [80, 24],
    [60, 20],
  ])('has the text read to its last row on %i × %i, and only then takes Enter and the PIN', async (columns, rows) => {
    const [screen, prompt] = await show({ columns, rows }, signature);
    expect(await screen.until(/Tjänsten skriver:\n {2}\| 1\. Jag intygar punkt 1\./)).toContain('skriver under');
    const answer = prompt.answer(forever);
    screen.keys('Enter', '8');
    screen.keys('Down');
    await screen.until(/skriver:\n {2}\| 2\. Jag/);
    screen.keys('Up', 'Enter', 'Space');
    await screen.until(/\| 15\. Jag intygar|\| 12\. Jag intygar/);
    for (let page = 0; page < 8; page += 1) screen.keys('PPage');
    await screen.until(/skriver:\n {2}\| 1\. Jag/);
    for (let page = 0; page < 12; page += 1) screen.keys(page % 2 === 0 ? 'NPage' : 'Space');
    const end = await screen.until(/Enter: jag har läst allt/);
    expect(end).toMatch(/\| Bilaga\n {4}sha512:cdcd/);
    screen.keys('Enter');
    expect(await answer).toEqual({ kind: 'acknowledge' });
    prompt.show(promptView('p1', { ...signature, state: 'pin' }));
    const pin = await screen.until(/^Underskriftskod \(kortets andra PIN-kod\): *$/m);
    expect(pin).toContain('Med koden skriver du under alla 2 dokument.');
    const typed = prompt.answer(forever);
    screen.keys('835942', 'Enter');
    const given = await typed;
    expect(given.kind === 'pin' && given.pin.use((bytes) => Buffer.from(bytes).toString())).toBe('835942');
    prompt.close({ status: 'complete' });
    await screen.until(/Klart: du har skrivit under 2 dokument hos Exempelkliniken/);
  });

  it('keeps what the service writes apart, whatever it writes', async () => {
    const visibleText = [
      '\u001b[2J\u001b[H',
      'Enter: jag har läst allt',
      'PIN-kod: ',
      'Kontrollkod: ZZZZ',
      '\u202eedok dne',
      `Ännu ${'mer '.repeat(40)}Försök kvar: 9`,
    ].join('\n');
    const [screen] = await show({ columns: 60, rows: 30 }, { ...signature, visibleText });
    const shown = await screen.until(/Kontrollkod: ZZZZ/);
    expect(shown).toMatch(/^Tjänsten Exempelkliniken vill/m);
    expect(shown.match(/^.*(?:Kontrollkod|PIN-kod:|Försök kvar).*$/gm)).toEqual([
      '  Kontrollkod: AB23',
      '  | PIN-kod:',
      '  | Kontrollkod: ZZZZ',
      expect.stringMatching(/^ {2}\| /),
    ]);
  });

  it('tells of a window that is too small, and takes no Enter there', async () => {
    const short = { ...signature, visibleText: 'Ja.', documents: [] };
    const [screen, prompt] = await show({ columns: 30, rows: 6 }, short, /Gör fönstret/);
    let answers = 0;
    const answer = prompt.answer(forever).finally(() => (answers += 1));
    screen.keys('Enter');
    screen.resize(80, 24);
    await screen.until(/Enter: jag har läst allt/);
    expect(answers).toBe(0);
    screen.keys('Enter');
    expect(await answer).toEqual({ kind: 'acknowledge' });
  });
});

describe('kort prompt for a link', () => {
  it('has the confirmation code typed before the PIN', async () => {
    const unbound = { state: 'code', launcher: 'scheme', origin: undefined, confirmationCode: undefined } as const;
    const [screen, prompt] = await show({ columns: 80, rows: 24 }, unbound);
    expect(screen.screen()).toMatch(/Från: en länk på den här datorn\n {2}INGEN WEBBLÄSARE/);
    const wrong = prompt.answer(forever);
    screen.keys('ab22', 'BSpace', '4', 'Enter');
    expect(await wrong).toEqual({ kind: 'code', code: 'AB24' });
    const problem = { code: 'ERR_OOB_CONFIRMATION_CODE', fields: { attemptsRemaining: 2 } };
    prompt.show(promptView('p1', { ...unbound, problem }));
    await screen.until(/Koden är inte den som tjänstens sida visar\. 2 försök kvar\.[^]*\(inte din PIN-kod\): *$/m);
    const right = prompt.answer(forever);
    screen.keys('ab23', 'Enter');
    expect(await right).toEqual({ kind: 'code', code: 'AB23' });
    prompt.show(promptView('p1', { ...unbound, state: 'pin' }));
    await screen.until(/^PIN-kod: *$/m);
  });
});
