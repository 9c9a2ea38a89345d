import { describe, expect, it } from 'vitest';
import type { CertificateDetails, IssuerSession } from '../../../../src/control-contract/certificates.js';
import type { CertificateOrder } from '../../../../src/model/certificate-order.js';
import type { DownloadRecord } from '../../../../src/model/download.js';
import { createRemoveScreen, createRestoreScreen } from '../../../../src/tui/screens/card-change-screens.js';
import { createDownloadScreen } from '../../../../src/tui/screens/download-screen.js';
import { begunCardWork } from '../../../support/begun-card-work.js';
import { fails, ScriptedDaemon } from '../../../support/scripted-daemon.js';
import { ScreenHand, type HandPorts } from '../../../support/screen-hand.js';

const card = { id: 'card:01', product: 'TEST card', serial: '01', label: 'TEST 01', reader: 'Reader 01' };
const pin = {
  reference: 0x11,
  role: 'authentication',
  format: { minLength: 4, maxLength: 8, characters: 'digits' },
  attemptsRemaining: 3,
  blocked: false,
  foreignTries: [],
} as const;
const named = {
  fingerprint: 'ab'.repeat(32),
  holder: 'Tolvan Tolvansson',
  issuer: 'CN=TEST CA',
  notAfter: '2030-01-01T00:00:00Z',
};
const orderOf = (id: string): CertificateOrder =>
  ({
    id,
    kind: 'extra',
    holder: `Tolvan ${id}`,
    personId: 'TSTNMT2321000156-1024',
    issuer: 'CN=TEST CA',
    level: 3,
    notAfter: '2030-01-01T00:00:00Z',
    keyTypes: ['rsa-2048'],
  }) as unknown as CertificateOrder;
const sessionOf = (...ids: readonly string[]): IssuerSession =>
  ({
    session: 'session',
    issuer: { clientId: 'issuer', name: { sv: 'TEST utfärdare', en: 'TEST issuer' }, registeredBy: 'system' },
    holder: 'Tolvan Tolvansson',
    orders: ids.map(orderOf),
    expiresAt: '2030-01-01T00:00:00Z',
  }) as unknown as IssuerSession;
const record = (change: Partial<DownloadRecord> = {}): DownloadRecord =>
  ({
    id: '11111111-2222',
    step: 'issued',
    startedAt: '2026-10-01T08:00:00Z',
    issuer: 'issuer',
    cardLabel: 'TEST 01',
    order: orderOf('A'),
    ...change,
  }) as unknown as DownloadRecord;
const done = {
  before: { attemptsRemaining: 3, blocked: false },
  after: { attemptsRemaining: 3, blocked: false },
  stored: named,
};
const certificate: CertificateDetails = {
  ...named,
  card,
  subject: 'CN=Tolvan',
  serialNumber: '01',
  notBefore: '2026-01-01T00:00:00Z',
  keyType: 'rsa',
  keyBits: 2048,
  keyUsage: [],
  extendedKeyUsage: [],
  policies: [],
  usable: true,
  isCa: false,
  preferred: false,
};
const handAt = (daemon: ScriptedDaemon, ports: HandPorts = {}): ScreenHand =>
  new ScreenHand(undefined, { own: [daemon], ...ports });
const none = () => ({ downloads: [] });

describe('createDownloadScreen()', () => {
  it('signs in, asks which order, asks for the PIN once, and ticks each step', async () => {
    let end: (outcome: unknown) => void = () => undefined;
    const daemon = new ScriptedDaemon()
      .on('download.list', none)
      .on('issuer.signIn', () => sessionOf('A', 'B'))
      .on('card.begin', () => begunCardWork({ order: orderOf('B') }))
      .on('card.run', () => new Promise((resolve) => (end = resolve)));
    const hand = handAt(daemon);
    hand.open(createDownloadScreen(hand, { card: 'card:01' }));
    await hand.until(/Signed in at TEST issuer[^]*> 1 {2}Tolvan A[^]* {2}2 {2}Tolvan B/);
    hand.press('down');
    hand.type('\r');
    const question = await hand.until(/^PIN: $/m);
    expect(question).toMatch(/Tolvan B[^]*TEST 01[^]*3 tries left/);
    expect(question).not.toContain('Tolvan A');
    hand.type('8351\r');
    await expect.poll(() => daemon.calls.at(-1)).toContain('card.run');
    daemon.emit('card.progress', { operationId: 'op', state: 'making-key' });
    await hand.until(/… making the key/);
    daemon.emit('card.progress', { operationId: 'op', state: 'enrolling' });
    await hand.until(/✓ the key is made on the card\n… asking the issuer/);
    end(done);
    expect(await hand.until(/Now on the card:/)).toContain('✓ the certificate is asked for');
    expect(daemon.pins).toEqual(['aa 8351']);
    expect(daemon.calls[2]).toContain('"orderId":"B","card":"card:01"');
  });

  it('says that nothing waits', async () => {
    const daemon = new ScriptedDaemon().on('download.list', none).on('issuer.signIn', () => sessionOf());
    const hand = handAt(daemon);
    hand.open(createDownloadScreen(hand));
    await hand.until(/No certificate waits for you at TEST issuer/);
  });

  it('offers to go on with an unfinished one, and goes on without a login where the issuer has answered', async () => {
    const daemon = new ScriptedDaemon()
      .on('download.list', () => ({ downloads: [record()] }))
      .on('card.begin', () => begunCardWork({ work: 'resume', step: 'issued', order: orderOf('A') }))
      .on('card.run', () => done);
    const hand = handAt(daemon);
    hand.open(createDownloadScreen(hand));
    await hand.until(/A download is not finished[^]*> 1 {2}Go on: Tolvan A[^]*Give up/);
    hand.type('1');
    await hand.until(/^PIN: $/m);
    hand.type('8351\r');
    await hand.until(/Done\./);
    expect(daemon.calls[1]).toContain('"work":"resume","downloadId":"11111111-2222"');
  });

  it('says what a pulled card has left behind, and goes on from there on Enter', async () => {
    const daemon = new ScriptedDaemon()
      .on('download.list', none, () => ({ downloads: [record({ step: 'requested' })] }))
      .on('issuer.signIn', () => sessionOf('A'))
      .on('card.begin', () => begunCardWork({ order: orderOf('A') }))
      .on('card.run', fails('ERR_CARD_REMOVED'));
    const next = new ScriptedDaemon().on('download.list', () => ({ downloads: [record({ step: 'requested' })] }));
    const hand = handAt(daemon, { own: [daemon, next] });
    hand.open(createDownloadScreen(hand));
    await hand.until(/^PIN: $/m);
    hand.type('8351\r');
    const text = await hand.until(/ERR_CARD_REMOVED/);
    expect(text).toMatch(/Your old certificates work as\s+before/);
    expect(hand.keys).toMatch(/^Enter go on with the download/);
    hand.type('\r');
    await hand.until(/> 1 {2}Go on: Tolvan A/);
  });

  it('asks again after a wrong PIN, and never sends the one that was typed before', async () => {
    const daemon = new ScriptedDaemon()
      .on('download.list', none, none)
      .on('issuer.signIn', () => sessionOf('A'))
      .on(
        'card.begin',
        () => begunCardWork({ order: orderOf('A') }),
        () =>
          begunCardWork({
            order: orderOf('A'),
            pin: { ...pin, attemptsRemaining: 2 },
            tickets: { pin: 'bb'.repeat(16) },
          }),
      )
      .on('card.run', fails('ERR_PIN_WRONG', { attemptsRemaining: 2, downloadId: '11111111-2222' }), () => done);
    const hand = handAt(daemon);
    hand.open(createDownloadScreen(hand));
    await hand.until(/^PIN: $/m);
    hand.type('1111\r');
    await hand.until(/Wrong PIN\.[^]*2 tries left[^]*^PIN: $/m);
    expect(daemon.pins).toEqual(['aa 1111']);
    hand.type('8351\r');
    await hand.until(/Done\./);
    expect(daemon.pins).toEqual(['aa 1111', 'bb 8351']);
  });

  it('says that the daemon went in the middle of it, and what is known of the card', async () => {
    const daemon = new ScriptedDaemon()
      .on('download.list', none, fails('ERR_IPC_DAEMON_UNREACHABLE'))
      .on('issuer.signIn', () => sessionOf('A'))
      .on('card.begin', () => begunCardWork({ order: orderOf('A') }))
      .on('card.run', fails('ERR_IPC_DAEMON_UNREACHABLE'));
    const hand = handAt(daemon);
    hand.open(createDownloadScreen(hand));
    await hand.until(/^PIN: $/m);
    hand.type('8351\r');
    expect(await hand.until(/ERR_IPC_DAEMON_UNREACHABLE/)).toMatch(
      /How far the download came is\s+noted on this computer/,
    );
    expect(hand.screen.busy).toBe(false);
  });

  it('is left by Escape while the login at the issuer is open elsewhere', async () => {
    const daemon = new ScriptedDaemon()
      .on('download.list', none)
      .on('issuer.signIn', () => new Promise(() => undefined));
    const hand = handAt(daemon, { language: 'sv' });
    hand.open(createDownloadScreen(hand));
    await hand.until(/Inloggningen hos utfärdaren öppnas nu/);
    expect(hand.screen.busy).toBe(false);
    hand.press('escape');
    expect(hand.depth).toBe(0);
  });
});

describe('createRemoveScreen()', () => {
  it('asks what is removed, and whether, before it asks for the PIN', async () => {
    const daemon = new ScriptedDaemon()
      .on('card.begin', () =>
        begunCardWork({ work: 'remove', leaves: named, leavesNoLogin: true, pinUses: 1, phrase: 'Blue herons' }),
      )
      .on('card.run', () => ({ ...done, stored: undefined, removed: named }));
    const hand = handAt(daemon);
    hand.open(createRemoveScreen(hand, certificate));
    await hand.until(/What do you want to remove\?\n> 1 {2}Only the certificate/);
    hand.type('\r');
    expect(await hand.until(/Remove it\?/)).toContain('WARNING: after this');
    hand.type('8351\r');
    expect(hand.text).not.toContain('•');
    hand.type('y');
    await hand.until(/^PIN: $/m);
    hand.type('8351\r');
    await hand.until(/No longer on the card/);
    expect([daemon.pins, daemon.calls[0]]).toEqual([
      ['aa 8351'],
      `card.begin {"work":"remove","fingerprint":"${'ab'.repeat(32)}","withKey":false}`,
    ]);
  });

  it('changes nothing on no, and says so', async () => {
    const daemon = new ScriptedDaemon().on('card.begin', () => begunCardWork({ work: 'remove', leaves: named }));
    const hand = handAt(daemon, { language: 'sv' });
    hand.open(createRemoveScreen(hand, certificate));
    await hand.until(/Vad ska tas bort\?/);
    hand.type('2');
    await hand.until(/Ta bort det\?/);
    hand.type('n');
    await hand.until(/Inget har ändrats på kortet\./);
    expect(daemon.pins).toEqual([]);
  });
});

describe('createRestoreScreen()', () => {
  it('puts it back after the PIN, and takes no answer of a daemon that does not know whether it came that far', async () => {
    const daemon = new ScriptedDaemon()
      .on('card.begin', () => begunCardWork({ work: 'restore', returns: named, pinUses: 1 }))
      .on('card.run', fails('ERR_CARD_REMOVED'))
      .on('certificate.list', fails('ERR_CARD_REMOVED'));
    const hand = handAt(daemon);
    hand.open(createRestoreScreen(hand, named.fingerprint));
    await hand.until(/This certificate is put back[^]*^PIN: $/m);
    hand.type('8351\r');
    await hand.until(/It is not known how far the\s+card came/);
  });
});
