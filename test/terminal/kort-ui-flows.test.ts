import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/client/client.js';
import { cardWorkMessages } from '../../src/messages/card-work.js';
import { certificateMessages } from '../../src/messages/certificate.js';
import { doctorMessages } from '../../src/messages/doctor.js';
import { downloadMessages } from '../../src/messages/download.js';
import { expiryMessages } from '../../src/messages/expiry.js';
import type { Language } from '../../src/messages/language.js';
import { pinMessages } from '../../src/messages/pin.js';
import { uiMessages } from '../../src/messages/ui.js';
import { uiListMessages } from '../../src/messages/ui-lists.js';
import { uiWorkMessages } from '../../src/messages/ui-work.js';
import { PrivateHome, startDaemon, type RunningDaemon } from '../support/daemon.js';
import { cardsRead, freshCard } from '../support/fresh-card.js';
import { secretOf } from '../support/token-bench.js';
import { UiTerminal } from '../support/ui-terminal.js';

const pin = '123456';
const next = '246810';
const puk = '12345678';
const card = 'tolvan-ec';
const reader = 'Sandbox Reader 1';

let home: PrivateHome;
let daemon: RunningDaemon;
let terminal: UiTerminal;

beforeAll(async () => {
  home = new PrivateHome();
  daemon = await startDaemon(home, 'sandbox', ['--sandbox', '--port', '0']);
});
afterAll(async () => {
  await daemon.stop();
  home.remove();
});
afterEach(() => terminal.close());

async function begin(language: Language): Promise<void> {
  await freshCard(daemon.client, card, reader);
  await daemon.client.request('certificate.unprefer', {});
  terminal = new UiTerminal(home.env, language);
  await terminal.until(uiMessages[language].home, pinMessages[language].pin.authentication);
}

/** After a prompt came or went no key counts until none has come for half a second. */
const heard = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 700));

/** Tries that another program, or another person, spends. */
async function spendTries(left: number): Promise<void> {
  for (;;) {
    const begun = await daemon.client.request('pin.begin', { operation: 'verify' });
    if ((begun.pin.attemptsRemaining ?? 0) <= left) return;
    await daemon.client.sendPin(begun.tickets.current ?? '', secretOf('999999'), { lastTryConsent: false });
    const { operationId } = begun;
    await expect(daemon.client.request('pin.run', { operationId, lastTryConsent: false })).rejects.toMatchObject({
      code: 'ERR_PIN_WRONG',
    });
  }
}

describe.each(['sv', 'en'] as const)('kort ui in %s', (language) => {
  const pins = pinMessages[language];
  const work = uiWorkMessages[language];
  const lists = uiListMessages[language];
  const cardWork = cardWorkMessages[language];
  const downloads = downloadMessages[language];

  it('changes the PIN, from the first key to the last', async () => {
    await begin(language);
    terminal.keys('p');
    await terminal.shot('pin-change-1-current', work.title.change, pins.attempts(5), `${pins.current}:`);
    terminal.keys(pin);
    await terminal.shot('pin-change-2-typed', `${pins.current}: ••••••`, work.fits);
    terminal.keys('Enter');
    await terminal.until(pins.next(pins.rule(4, 16, 'digits')));
    terminal.keys('12');
    await terminal.shot('pin-change-3-too-short', '••', work.tooShort(2));
    terminal.keys('Enter');
    await terminal.until(pins.malformed.split('.')[0] ?? '');
    terminal.keys(next, 'Enter');
    await terminal.until(`${pins.again}:`);
    terminal.keys(next, 'Enter');
    const end = await terminal.shot('pin-change-4-done', pins.done.change, pins.attempts(5));
    expect(end).not.toMatch(new RegExp(`${pin}|${next}`));
    terminal.keys('Enter');
    await terminal.until(uiMessages[language].home);
  });

  it('verifies the PIN: wrong, the last try agreed to, blocked, and unlocked with the PUK', async () => {
    await begin(language);
    terminal.keys('v');
    await terminal.until(`${pins.current}:`);
    terminal.keys('999999', 'Enter');
    await terminal.shot('pin-verify-1-wrong', '✗', work.nextStep, 'ERR_PIN_WRONG');
    await spendTries(1);
    terminal.keys('Enter');
    await terminal.shot('pin-verify-2-last-try', pins.lastTry.PIN, pins.consentPrompt(pins.consentWord));
    terminal.keys('123456', pins.consentWord, 'Enter');
    await terminal.until(`${pins.current}:`);
    terminal.keys('999999', 'Enter');
    await terminal.shot('pin-verify-3-blocked', '✗', 'ERR_PIN_BLOCKED');
    terminal.keys('u');
    await terminal.shot('unlock-1-puk', work.title.unblock, pins.pukWarning, `${pins.puk}:`);
    terminal.keys(puk, 'Enter');
    await terminal.until(pins.next(pins.rule(4, 16, 'digits')));
    terminal.keys(next, 'Enter');
    await terminal.until(`${pins.again}:`);
    terminal.keys(next, 'Enter');
    await terminal.shot('unlock-2-done', pins.done.unblock);
  });

  it('says that the card was pulled, that a request came in between, and goes on', async () => {
    await begin(language);
    terminal.keys('p');
    await terminal.until(`${pins.current}:`);
    terminal.keys('12');
    await terminal.until('••');
    const other = await connect({ socketPath: daemon.socketPath });
    const signIn = other.request('issuer.signIn', {}, { timeoutMs: 60_000 }).catch((caught: unknown) => caught);
    await terminal.until(
      language === 'sv' ? 'kort: här skriver du din PIN-kod' : 'kort: this is where you type your PIN',
    );
    other.close();
    await signIn;
    await terminal.shot('pin-change-5-covered', work.covered, `${pins.current}:`);
    await heard();
    terminal.keys(pin, 'Enter');
    await terminal.until(pins.next(pins.rule(4, 16, 'digits')));
    await daemon.client.request('sandbox.remove', { reader });
    await cardsRead(daemon.client, 0);
    await terminal.shot('pin-change-6-pulled', '✗', 'ERR_CARD_REMOVED', work.keys.again);
    await daemon.client.request('sandbox.insert', { card, reader });
    await cardsRead(daemon.client, 1);
    await terminal.until(`${pins.current}:`, pins.attempts(5));
    terminal.keys('Escape');
    await terminal.until(uiMessages[language].home, work.cancelled);
  });

  it('downloads a certificate, goes on with what failed, and shows, prefers, removes and restores certificates', async () => {
    await begin(language);
    await daemon.client.request('sandbox.order', { card, kind: 'extra' });
    terminal.keys('d');
    await signIn(language);
    await terminal.shot('download-1-orders', downloads.waiting, '> 1', downloads.chooseOrder);
    await heard();
    terminal.keys('1');
    await terminal.shot('download-2-question', cardWork.leaveIn, `${cardWork.pin}:`);
    await daemon.client.request('sandbox.issuerFault', { fault: 'garbage' });
    terminal.keys(pin, 'Enter');
    await terminal.shot('download-3-failed', '✗', work.nextStep, work.keys.goOn);
    await daemon.client.request('sandbox.issuerFault', { fault: 'none' });
    terminal.keys('Enter');
    await terminal.shot('download-4-unfinished', downloads.chooseUnfinished, downloads.startNew);
    terminal.keys('1');
    await signIn(language);
    await terminal.until(downloads.resumes, `${cardWork.pin}:`);
    await heard();
    terminal.keys(pin, 'Enter');
    await terminal.shot('download-5-done', `✓ ${cardWork.done.storing}`, downloads.done, cardWork.outcome.stored);
    terminal.keys('Enter');
    await terminal.until(uiMessages[language].home);
    terminal.keys('c');
    await terminal.shot('certificates-1-list', lists.title.certificates, '> ', 'Tolvan Tolvansson');
    terminal.keys('Enter');
    await terminal.shot('certificates-2-details', certificateMessages[language].labels.holder);
    terminal.keys('Escape');
    await terminal.until(lists.title.certificates);
    terminal.keys('w');
    await terminal.until(lists.title.whichService, '> ');
    terminal.keys('Enter');
    await terminal.shot('certificates-3-why', lists.title.why, 'Tolvan Tolvansson');
    terminal.keys('Escape');
    await terminal.until(lists.title.whichService);
    terminal.keys('Escape');
    await terminal.until(lists.title.certificates);
    terminal.keys('p');
    await terminal.until(lists.preferForAll);
    terminal.keys('Enter');
    await terminal.shot('certificates-4-preferred', `✓ ${certificateMessages[language].preferredNow}`);
    terminal.keys('Escape');
    await terminal.until(certificateMessages[language].preferred, `t ${lists.keys.remove}`);
    terminal.keys('t');
    await terminal.shot('remove-1-what', work.removeHow, '> 1');
    terminal.keys('1');
    await terminal.shot('remove-2-agree', cardWork.agreeRemove);
    terminal.keys(cardWork.letters[0]);
    await terminal.until(`${cardWork.pin}:`);
    terminal.keys(pin, 'Enter');
    await terminal.shot('remove-3-done', `✓ ${cardWork.done.removing}`, cardWork.outcome.removed);
    terminal.keys('Enter');
    await terminal.until(lists.title.certificates);
    terminal.keys('b');
    await terminal.shot('restore-1-backups', lists.title.backups, lists.canReturn);
    terminal.keys('Enter');
    await terminal.until(cardWork.restores, `${cardWork.pin}:`);
    terminal.keys(pin, 'Enter');
    await terminal.shot('restore-2-done', cardWork.outcome.stored);
  });

  it('shows what ends, the history and its filters, and examines what is wrong', async () => {
    await begin(language);
    terminal.keys('e');
    await terminal.shot('expiry-1-list', lists.title.expiry, expiryMessages[language].purpose.auth);
    terminal.keys('s');
    await terminal.shot('expiry-2-snooze', lists.title.snooze, lists.days(1), lists.days(30));
    terminal.keys('1');
    await terminal.until(/20\d\d-\d\d-\d\d \d\d:\d\d/);
    terminal.keys('Escape');
    await terminal.until(uiMessages[language].home);
    terminal.keys('h');
    await terminal.shot('history-1-list', lists.title.history, '> 20');
    terminal.keys('v');
    await terminal.shot('history-2-verified', '✓');
    terminal.keys('Down', 'Enter');
    await terminal.shot('history-3-entry', lists.title.entry);
    terminal.keys('Escape');
    await terminal.until(lists.title.history);
    terminal.keys('f');
    await terminal.until(`< ${lists.groups.all} >`);
    terminal.keys('Right', 'Right');
    await terminal.shot('history-4-filter', `< ${lists.groups.signatures} >`, lists.anyCard);
    terminal.keys('Escape');
    await terminal.shot('history-5-nothing', lists.noneFiltered);
    terminal.keys('Escape');
    await terminal.until(uiMessages[language].home);
    terminal.keys('x');
    await terminal.until(lists.title.doctor, doctorMessages[language].checks.versions);
    await terminal.shot('doctor-1-examined', /✓|!|✗/, lists.keys.report);
    terminal.keys('w');
    await terminal.shot('doctor-2-ask', lists.askReport);
    terminal.keys(lists.letters[1]);
    await terminal.until(lists.keys.again);
  });

  it('says that the daemon went in the middle of typing, and begins anew with the next one', async () => {
    await begin(language);
    terminal.keys('v');
    await terminal.until(`${pins.current}:`);
    terminal.keys('12');
    await terminal.until('••');
    daemon.process.kill('SIGKILL');
    await new Promise((resolve) => daemon.process.once('exit', resolve));
    const gone = await terminal.shot('daemon-gone', '✗', work.nextStep, work.keys.again);
    expect(gone).not.toContain('•');
    daemon.client.close();
    daemon = await startDaemon(home, 'sandbox', ['--sandbox', '--port', '0']);
    await terminal.until(uiMessages[language].connected);
    await daemon.client.request('sandbox.insert', { card, reader: 'Sandbox Reader 2' }).catch(() => undefined);
    terminal.keys('Enter');
    await terminal.until(new RegExp(`${pins.current}: |${escaped(pins.chooseCard)}|✗`));
    terminal.keys('Escape');
    await terminal.until(uiMessages[language].home);
  });

  async function signIn(of: Language): Promise<void> {
    await terminal.until(of === 'sv' ? /PIN-kod: Enter loggar in/ : /PIN: Enter/);
    await heard();
    terminal.keys(pin, 'Enter');
  }
});

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
