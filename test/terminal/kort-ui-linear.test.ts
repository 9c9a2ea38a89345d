import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cardWorkMessages } from '../../src/messages/card-work.js';
import { doctorMessages } from '../../src/messages/doctor.js';
import { downloadMessages } from '../../src/messages/download.js';
import type { Language } from '../../src/messages/language.js';
import { pinMessages } from '../../src/messages/pin.js';
import { uiMessages } from '../../src/messages/ui.js';
import { uiListMessages } from '../../src/messages/ui-lists.js';
import { uiWorkMessages } from '../../src/messages/ui-work.js';
import { kortProgram, PrivateHome, startDaemon, type RunningDaemon } from '../support/daemon.js';
import { freshCard } from '../support/fresh-card.js';
import { openTmux, type TmuxTerminal } from '../support/tmux.js';

const pin = '123456';
const next = '246810';
const puk = '12345678';
const card = 'tolvan-ec';
const reader = 'Sandbox Reader 1';
const patienceMs = 40_000;

let home: PrivateHome;
let daemon: RunningDaemon;
let terminal: TmuxTerminal;
let file: string;
/** How much of what was written a test has already waited for. */
let heard: number;

beforeAll(async () => {
  home = new PrivateHome();
  daemon = await startDaemon(home, 'sandbox', ['--sandbox', '--port', '0']);
});
afterAll(async () => {
  await daemon.stop();
  home.remove();
});
afterEach(() => terminal.close());

const written = (): string => readFileSync(file, 'utf8').replaceAll('\r\n', '\n');

/** What is said from the last thing on that was waited for, once all of that was, in this order. */
async function hear(...texts: readonly string[]): Promise<void> {
  const end = Date.now() + patienceMs;
  for (const text of texts) {
    while (!written().includes(text, heard)) {
      if (Date.now() > end) throw new Error(`Nobody said ${text}, but:\n${written().slice(heard)}`);
      await delay(40);
    }
    heard = written().indexOf(text, heard) + text.length;
  }
}

async function begin(language: Language): Promise<void> {
  await freshCard(daemon.client, card, reader);
  heard = 0;
  file = join(home.folder, `linear-${language}-${String(Math.random()).slice(2)}`);
  writeFileSync(file, '');
  const ready = `${file}-ready`;
  const program = `${process.execPath} ${kortProgram} ui --instance sandbox --lang ${language}`;
  const env = { ...home.env, KORT_SCREEN_READER: '1' };
  // Wide, so that no row of a question is broken.
  const size = { columns: 200, rows: 60 };
  terminal = openTmux(`until [ -e '${ready}' ]; do sleep 0.02; done; ${program}; echo "status: $?"`, env, size);
  terminal.record(file);
  writeFileSync(ready, '');
  await hear(uiMessages[language].linearStart, uiMessages[language].home, pinMessages[language].attempts(5));
}

/** Ends the program, and looks at every byte that it wrote. */
async function end(): Promise<void> {
  terminal.keys('q');
  await hear('status: 0');
  const all = written();
  // Letters of two languages, and nothing that a terminal acts on but the end of a line.
  expect(all).not.toMatch(/(?!\n)\p{C}/u);
  for (const code of [pin, next, puk]) expect(all).not.toContain(code);
  expect(all).not.toContain('•');
}

/** No line of a screen is said a second time as long as nobody leaves it: its text since its title. */
function saidOnce(title: string): void {
  const scene = written().slice(written().lastIndexOf(`\n\n${title}\n`));
  const lines = scene.split('\n').filter((line) => line !== '');
  expect(lines.filter((line, index) => lines.indexOf(line) !== index)).toEqual([]);
}

/** After a prompt came or went no key counts until none has come for half a second. */
const listened = (): Promise<void> => delay(700);

describe.each(['sv', 'en'] as const)('kort ui, line by line, in %s', (language) => {
  const ui = uiMessages[language];
  const pins = pinMessages[language];
  const work = uiWorkMessages[language];
  const lists = uiListMessages[language];

  it('changes and tries a PIN, and unlocks one', async () => {
    await begin(language);
    terminal.keys('p');
    await hear(work.title.change, pins.attempts(5), `\n${pins.current}\n`);
    terminal.keys('12x');
    await hear(work.onlyDigits);
    terminal.keys('BSpace', 'BSpace', 'BSpace', pin, 'Enter');
    await hear(pins.next(pins.rule(4, 16, 'digits')));
    terminal.keys(next, 'Enter');
    await hear(`\n${pins.again}\n`);
    await daemon.client.request('sandbox.fault', { card, fault: { kind: 'delay', milliseconds: 1500 } });
    terminal.keys(next, 'Enter');
    // A card that takes its time is no reason to say nothing.
    await hear(pins.working, work.elapsed(5), `✓ ${pins.done.change}`);
    await daemon.client.request('sandbox.fault', { card, fault: { kind: 'none' } });
    saidOnce(work.title.change);
    terminal.keys('Enter');
    await hear(`\n${ui.home}\n`);
    terminal.keys('v');
    await hear(work.title.verify, `\n${pins.current}\n`);
    terminal.keys('999999', 'Enter');
    await hear('✗', work.nextStep, work.keys.again);
    saidOnce(work.title.verify);
    terminal.keys('Escape');
    await hear(`\n${ui.home}\n`);
    terminal.keys('u');
    await hear(work.title.unblock, pins.pukWarning, `\n${pins.puk}\n`);
    terminal.keys(puk, 'Enter');
    await hear(pins.next(pins.rule(4, 16, 'digits')));
    terminal.keys(next, 'Enter');
    await hear(`\n${pins.again}\n`);
    terminal.keys(next, 'Enter');
    await hear(pins.done.unblock);
    saidOnce(work.title.unblock);
    terminal.keys('Enter');
    await hear(`\n${ui.home}\n`);
    await end();
  });

  it('lists certificates, what ends, and the history, and examines', async () => {
    await begin(language);
    terminal.keys('c');
    await hear(lists.title.certificates, '1/', 'Tolvan Tolvansson');
    terminal.keys('Enter');
    await hear(lists.title.details, 'Tolvan Tolvansson');
    terminal.keys('Escape');
    await hear(`\n${lists.title.certificates}\n`);
    terminal.keys('Escape');
    await hear(`\n${ui.home}\n`);
    terminal.keys('e');
    await hear(lists.title.expiry, '1/');
    terminal.keys('Escape');
    await hear(`\n${ui.home}\n`);
    terminal.keys('h');
    await hear(lists.title.history, '1/');
    terminal.keys('v');
    await hear('✓');
    terminal.keys('Escape');
    await hear(`\n${ui.home}\n`);
    terminal.keys('x');
    await hear(lists.title.doctor, lists.examining, doctorMessages[language].checks.versions);
    await hear(`w ${lists.keys.report}`);
    saidOnce(lists.title.doctor);
    terminal.keys('Escape');
    await hear(`\n${ui.home}\n`);
    // Nothing of the cards has changed all the while: it was said in the beginning.
    const cards = written().split(pins.attempts(5));
    expect(cards).toHaveLength(2);
    terminal.keys('C-l');
    await hear(`\n${ui.home}\n`, pins.attempts(5));
    await end();
  });

  it('downloads a certificate: the login with its PIN, the order, and each step', async () => {
    await begin(language);
    await daemon.client.request('sandbox.order', { card, kind: 'extra' });
    const cardWork = cardWorkMessages[language];
    terminal.keys('d');
    await hear(work.title.download, work.signIn);
    await hear(language === 'sv' ? 'Enter loggar in' : 'Enter');
    await listened();
    terminal.keys(pin, 'Enter');
    await hear(downloadMessages[language].waiting, downloadMessages[language].chooseOrder);
    await listened();
    terminal.keys('1');
    await hear(`\n${cardWork.pin}\n`);
    terminal.keys(pin, 'Enter');
    await hear(`✓ ${cardWork.done.storing}`, cardWork.outcome.stored);
    terminal.keys('Enter');
    await hear(`\n${ui.home}\n`);
    await end();
  });
});
