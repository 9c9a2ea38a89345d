import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PromptAnswer } from '../../src/operations/prompt.js';
import { afterDeafMs } from '../support/deaf-prompt.js';
import { promptView } from '../support/prompt-view.js';
import { openUiStage, readerWithCard, uiSizes, type UiStage, type UiTerminal } from '../support/ui-stage.js';

const forever = new AbortController().signal;

let stage: UiStage;

beforeEach(async () => {
  stage = await openUiStage();
  stage.tell([readerWithCard(1)]);
});
afterEach(() => stage.close());

const textOf = (answer: PromptAnswer): string =>
  answer.kind === 'pin' ? answer.pin.use((bytes) => Buffer.from(bytes).toString()) : answer.kind;

async function openHome(args: string, size?: (typeof uiSizes)[number]): Promise<UiTerminal> {
  const terminal = stage.open(args, size === undefined ? {} : { size });
  await terminal.until(/> 1 Läsare 1/);
  await expect.poll(() => stage.control.prompts.surfaces.available).toBe(true);
  return terminal;
}

describe('the prompt of kort ui', () => {
  it.each(uiSizes)('comes in front of everything, and goes, at $columns x $rows', async (size) => {
    const terminal = await openHome('--lang sv', size);
    const prompt = stage.control.prompts.surfaces.open('p1');
    prompt.show(promptView('p1'));
    await terminal.until(/Exempelkliniken vill att du loggar in/);
    const screen = terminal.keep(`ui-prompt-${size.columns}x${size.rows}-sv`);
    for (const fact of [
      'Kontrollkod: AB23',
      'Webbplats: https://login.clinic.example',
      'Försök kvar: 3',
      'Tolvan 940',
    ]) {
      expect(screen).toContain(fact);
    }
    expect(screen).not.toContain('Läsare 1');
    await delay(afterDeafMs);
    const answer = prompt.answer(forever);
    terminal.keys('8', '3', '5', '9');
    await terminal.until(/PIN-kod: ••••$/m);
    terminal.keys('Enter');
    expect(textOf(await answer)).toBe('8359');
    prompt.close({ status: 'complete' });
    await terminal.until(/> 1 Läsare 1[^]*Klart: du har legitimerat dig för Exempelkliniken/);
    // Neither whole nor digit by digit between two control sequences.
    const written = terminal.written().replaceAll(/\u001b\[[\d;?]*[A-Za-z]/g, '');
    expect(written).not.toContain('8359');
    expect(written).not.toMatch(/PIN-kod: •*[0-9]/);
  });

  it('drops what is typed on for what stood there, and wipes a PIN that was half typed', async () => {
    const terminal = await openHome('--lang sv');
    terminal.keys('p');
    await terminal.until(/Nuvarande PIN-kod: *$/m);
    terminal.keys('1', '2');
    await terminal.until(/Nuvarande PIN-kod: ••$/m);
    const prompt = stage.control.prompts.surfaces.open('p1');
    prompt.show(promptView('p1'));
    terminal.keys('3', '4', 'Enter');
    await terminal.until(/Exempelkliniken vill att du loggar in/);
    expect(await terminal.until(/PIN-kod: *$/m)).not.toContain('•');
    await delay(afterDeafMs);
    const answer = prompt.answer(forever);
    terminal.keys('8', '3', '5', '9', 'Enter');
    expect(textOf(await answer)).toBe('8359');
    prompt.close({ status: 'complete' });
    // The rest of what was meant for the prompt does not fall into the screen behind it.
    terminal.keys('7', '7');
    expect(await terminal.until(/Nuvarande PIN-kod: *$/m)).not.toContain('•');
    await delay(afterDeafMs);
    terminal.keys('6');
    await terminal.until(/Nuvarande PIN-kod: •$/m);
  });

  it('lets a waiting order be picked, or put aside and taken up again', async () => {
    const terminal = await openHome('--lang sv');
    const first = stage.control.prompts.surfaces.open('p1');
    first.show(promptView('p1'));
    const name = { sv: 'Laboratoriet', en: 'Laboratory' };
    stage.control.prompts.surfaces
      .open('p2')
      .show(promptView('p2', { relyingParty: { name, registeredBy: 'system' } }));
    await terminal.until(/Exempelkliniken/);
    first.close({ status: 'complete' });
    await terminal.until(/1 {2}Laboratoriet/);
    await delay(afterDeafMs);
    terminal.keys('Escape');
    await terminal.until(/> 1 Läsare 1[^]*En begäran väntar: tryck o/);
    await delay(afterDeafMs);
    terminal.keys('o');
    await terminal.until(/1 {2}Laboratoriet/);
    await delay(afterDeafMs);
    terminal.keys('1');
    await terminal.until(/Laboratoriet vill att du loggar in/);
  });

  it('goes with the daemon that asked', async () => {
    const terminal = await openHome('--lang sv');
    stage.control.prompts.surfaces.open('p1').show(promptView('p1'));
    await terminal.until(/Exempelkliniken/);
    await stage.control.server.close();
    expect(await terminal.until(/kortd är inte igång/)).not.toContain('Exempelkliniken');
  });
});

describe('kort ui --linear', () => {
  const plain = (text: string): string => text.replaceAll('\r\n', '\n');

  it('writes lines and nothing else, asks as lines, and shows no digit of a PIN', async () => {
    const terminal = stage.open('--lang sv --linear');
    await terminal.until(/^1 Läsare 1\nKort: TEST kort 0001/m);
    await expect.poll(() => stage.control.prompts.surfaces.available).toBe(true);
    terminal.keys('Enter');
    await terminal.until(/^1: byt PIN-kod\n2: lås upp/m);
    terminal.keys('1');
    await terminal.until(/^Nuvarande PIN-kod/m);
    const prompt = stage.control.prompts.surfaces.open('p1');
    prompt.show(promptView('p1'));
    await terminal.until(/Exempelkliniken vill att du loggar in/);
    await delay(afterDeafMs);
    const answer = prompt.answer(forever);
    terminal.keys('8', '3', '5', '9', 'Enter');
    expect(textOf(await answer)).toBe('8359');
    prompt.close({ status: 'complete' });
    await terminal.until(/Klart: du har legitimerat dig/);
    const written = plain(terminal.written());
    expect(written).not.toMatch(/[^\n\u0020-\u007e\u0080-\u00ff]/);
    expect(written).not.toContain('8359');
    terminal.keep('ui-linear-sv');
  });

  it.each([{ KORT_SCREEN_READER: '1' }, { INK_SCREEN_READER: 'true' }])('is what %j asks for', async (env) => {
    Object.assign(stage.home.env, env);
    const terminal = stage.open('--lang en');
    await terminal.until(/kort ui, line by line/);
    await terminal.until(/^1 Läsare 1/m);
    expect(terminal.written()).not.toContain('\u001b');
    stage.tell([]);
    await terminal.until(/No card reader is connected/);
    // What stands there already is not said again.
    expect(terminal.written().split('kort ui, line by line')).toHaveLength(2);
  });
});
