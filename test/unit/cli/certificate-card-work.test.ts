import { beforeEach, describe, expect, it } from 'vitest';
import type { CliPorts } from '../../../src/cli/ports.js';
import type { BegunCardWork, IssuerSession } from '../../../src/control-contract/certificates.js';
import type { Secret } from '../../../src/core/secret.js';
import type { CardWorkOutcome, NamedCertificate } from '../../../src/model/card-work.js';
import type { CertificateOrder } from '../../../src/model/certificate-order.js';
import type { DownloadRecord, DownloadStep } from '../../../src/model/download.js';
import { begunCardWork } from '../../support/begun-card-work.js';
import { runScripted, type CliResult } from '../../support/scripted-cli.js';
import { fails, ScriptedDaemon } from '../../support/scripted-daemon.js';
import { scriptedTerminal, type ScriptedTerminal } from '../../support/scripted-terminal.js';
import { isWiped, secretOf } from '../../support/token-bench.js';

const hostile = '\u001b[2J\u202eevil';
const certificate = (digit: string): NamedCertificate => ({
  fingerprint: digit.repeat(64),
  holder: 'Tolvan Tolvansson',
  issuer: 'CN=TEST CA,C=SE',
  notAfter: '2028-01-02T12:00:00.000Z',
});
const orderOf = (id: string, change: Partial<CertificateOrder> = {}): CertificateOrder => ({
  id,
  kind: 'extra',
  personId: '191212121212',
  holder: `Tolvan ${id}`,
  issuer: 'CN=TEST CA,C=SE',
  level: 3,
  keySpecs: ['rsa-2048'],
  notAfter: '2028-01-02T12:00:00.000Z',
  ...change,
});
const sessionOf = (...orders: readonly CertificateOrder[]): IssuerSession => ({
  session: 'session-1',
  issuer: { clientId: 'issuer', name: { sv: 'TEST utfärdaren', en: 'TEST issuer' }, registeredBy: 'system' },
  holder: 'Tolvan Tolvansson',
  orders,
  expiresAt: '2028-01-02T12:00:00.000Z',
});
const begun = (change: Partial<BegunCardWork> = {}): BegunCardWork =>
  begunCardWork({
    card: { id: 'card:01', product: 'TEST product', serial: '01', label: 'TEST card', reader: 'Reader 1' },
    order: orderOf('one'),
    ...change,
  });
const tries = { attemptsRemaining: 3, blocked: false };
const outcome: CardWorkOutcome = {
  before: tries,
  after: tries,
  stored: certificate('b'),
  removed: certificate('a'),
};
const recordOf = (step: DownloadStep): DownloadRecord => ({
  id: '01234567-89ab-4def-8123-456789abcdef',
  step,
  startedAt: '2028-01-01T12:00:00.000Z',
  issuer: 'issuer',
  token: 'card:01',
  cardLabel: 'TEST card',
  order: orderOf('one'),
  keySpec: 'rsa-2048',
  keyId: '00'.repeat(16),
  keepReplaced: false,
});

let daemon: ScriptedDaemon;
let terminal: ScriptedTerminal;
let lines: Secret[];
beforeEach(() => {
  daemon = new ScriptedDaemon();
  terminal = scriptedTerminal({ columns: 300 });
  lines = [];
});
const ports = (): Partial<CliPorts> => ({
  connect: () => Promise.resolve(daemon.client),
  openTerminal: terminal.open,
  hasTerminal: () => true,
  readPinLine: () => Promise.resolve(lines[0]!),
  readPinLines: (count) => {
    expect(lines).toHaveLength(count);
    return Promise.resolve(lines);
  },
});
const kort = (...argv: readonly string[]): Promise<CliResult> => runScripted(argv, ports());
const called = (method: string): readonly unknown[] =>
  daemon.calls
    .filter((call) => call.startsWith(`${method} `))
    .map((call) => JSON.parse(call.slice(method.length + 1)) as unknown);

/** Nothing is unfinished, and somebody else shows the prompt of the login. */
const signedIn = (...orders: readonly CertificateOrder[]): void => {
  daemon
    .on('download.list', () => ({ downloads: [] }))
    .on('daemon.status', () => ({ surfaces: 1 }))
    .on('issuer.signIn', () => sessionOf(...orders));
};
const typePin = async (pin: string): Promise<void> => {
  await terminal.until(/PIN: \u001b\[K$/);
  terminal.type(`${pin}\r`);
};

describe('kort certificate download on a terminal', () => {
  it('lists what waits, shows what will happen, types the PIN once, and tells of each step and the end', async () => {
    signedIn(orderOf('one', { holder: hostile }), orderOf('two', { kind: 'renewal' }));
    daemon
      .on('card.begin', () => begun({ leaves: certificate('a') }))
      .on('card.run', () => {
        for (const state of ['making-key', 'waiting', 'enrolling', 'storing'] as const) {
          daemon.emit('card.progress', { operationId: 'op', state });
        }
        daemon.emit('card.progress', { operationId: 'another', state: 'proving' });
        return outcome;
      });
    const ended = kort('certificate', 'download');
    await terminal.until(/1 {2}\[2Jevil \(191212121212\)[^]*2 {2}Tolvan two[^]*Press a number/);
    terminal.type('2');
    await terminal.until(/which is removed from the card when the new one has passed its test[^]*used 2 times/);
    await typePin('8351');
    const { code, out } = await ended;
    expect(code).toBe(0);
    expect(called('card.begin')).toEqual([{ work: 'download', session: 'session-1', orderId: 'two' }]);
    expect(daemon.pins).toEqual(['aa 8351']);
    expect(terminal.written.match(/[✓✗] [^\r]*/g)).toEqual([
      '✓ the key is made on the card',
      '✓ the certificate is asked for',
      '✓ the certificate is on the card',
    ]);
    expect(terminal.written).toContain('… something else uses the card, waiting');
    expect(terminal.written).not.toContain('\u001b[2J');
    expect(out).toMatch(
      /Done\.\nNow on the card:\n {2}Tolvan Tolvansson, issued by TEST CA, until 2028-01-02 \(b{16}\)/,
    );
    expect(out).toMatch(/a backup is kept\):\n {2}Tolvan[^\n]*\(a{16}\)/);
    expect(terminal.isOpen).toBe(false);
  });

  it('shows the prompt of the login itself where nobody else does, on a connection of its own', async () => {
    const own = new ScriptedDaemon().on('prompt.attach', () => ({
      place: { here: true, kind: 'terminal' },
      waiting: [],
    }));
    const clients = [daemon.client, own.client];
    daemon
      .on(
        'download.list',
        () => ({ downloads: [] }),
        () => ({ downloads: [] }),
      )
      .on('daemon.status', () => ({ surfaces: 0 }))
      .on('issuer.signIn', () => sessionOf());
    const { code, out } = await runScripted(['certificate', 'download'], {
      ...ports(),
      connect: () => Promise.resolve(clients.shift()!),
    });
    expect([code, clients, own.calls]).toEqual([0, [], ['prompt.attach {"kind":"terminal"}']]);
    expect(out).toContain('No certificate waits for you at TEST issuer. Nothing has been changed on the card.');
  });

  it('asks again after a wrong PIN, for the same card, and for consent before the last try', async () => {
    signedIn(orderOf('one'));
    daemon
      .on(
        'card.begin',
        () => begun(),
        () => begun({ lastTry: true, pin: { ...begun().pin, attemptsRemaining: 1 } }),
      )
      .on('card.run', fails('ERR_PIN_WRONG', { attemptsRemaining: 1 }), () => outcome);
    const ended = kort('certificate', 'download');
    await typePin('9999');
    await terminal.until(/Wrong PIN\.\r\nPIN for authentication: 1 try left\r\n[^]*LAST TRY[^]*Type LAST/);
    terminal.type('last\r');
    await terminal.until(/LAST TRY[^]*PIN: \u001b\[K$/);
    terminal.type('8351\r');
    expect((await ended).code).toBe(0);
    expect(called('card.begin').at(-1)).toMatchObject({ work: 'download', orderId: 'one', card: 'card:01' });
    expect(called('card.run')).toMatchObject([{ lastTryConsent: false }, { lastTryConsent: true }]);
    expect(daemon.pins).toEqual(['aa 9999', 'aa 8351']);
  });

  it('asks for the management key of a card that turns out to need it, and sends nothing that is none', async () => {
    signedIn(orderOf('one'));
    const codes = {
      codes: ['pin', 'managementKey'],
      tickets: { pin: 'aa'.repeat(16), managementKey: 'bb'.repeat(16) },
    };
    daemon
      .on(
        'card.begin',
        () => begun(),
        () => begun(codes as Partial<BegunCardWork>),
      )
      .on('card.run', fails('ERR_CARD_MANAGEMENT_KEY', { downloadId: recordOf('key').id }), () => outcome);
    const ended = kort('certificate', 'download');
    await typePin('8351');
    await terminal.until(/requires its management key/);
    await terminal.until(/requires its management key[^]*PIN: \u001b\[K$/);
    terminal.type('8351\r');
    await terminal.until(/hexadecimal\): \u001b\[K$/);
    terminal.type(`${'0'.repeat(47)}g\r`);
    await terminal.until(/32, 48 or 64 hexadecimal digits[^]*hexadecimal\): \u001b\[K$/);
    terminal.type(`${'0F'.repeat(32)}\r`);
    expect((await ended).code).toBe(0);
    expect(called('card.begin').at(-1)).toEqual({
      work: 'resume',
      downloadId: recordOf('key').id,
      session: 'session-1',
      askManagementKey: true,
    });
    expect(daemon.pins).toEqual(['aa 8351', 'aa 8351', `bb ${'0F'.repeat(32)}`]);
  });

  it('lets the PIN be typed on the reader, as often as it is used', async () => {
    signedIn(orderOf('one'));
    daemon.on('card.begin', () => begun({ pinPad: true })).on('card.run', () => outcome);
    expect((await kort('certificate', 'download')).code).toBe(0);
    expect(terminal.written).toContain('keypad of the reader, 2 times');
    expect([daemon.pins, called('card.run')]).toEqual([[], [expect.objectContaining({ onPinPad: true })]]);
  });

  it.each([
    ['planned', 'Nothing has been changed on the card.'],
    ['key', 'A new key without a certificate may be on the card'],
    ['requested', 'it will be only one all the same'],
    ['issued', 'Your new certificate is issued and kept safe on this computer'],
    ['stored', 'Your new certificate is on the card and works.'],
  ] as const)('says after a failure at %s what is on the card, and what goes on', async (step, text) => {
    signedIn(orderOf('one'));
    daemon
      .on('download.list', () => ({ downloads: [{ ...recordOf('key'), order: orderOf('two') }, recordOf(step)] }))
      .on('card.begin', () => begun())
      .on('card.run', () => {
        daemon.emit('card.progress', { operationId: 'op', state: 'enrolling' });
        return fails('ERR_REMOTE_UNREACHABLE', { host: 'issuer.example', reason: 'timeout' })();
      });
    const ended = kort('--instance', 'test', 'certificate', 'download');
    await typePin('8351');
    const { code, error } = await ended;
    expect(code).toBe(6);
    expect(terminal.written).toContain('✗ asking the issuer for the certificate');
    expect(error).toContain('issuer.example could not be reached (no answer came in time)');
    expect(error).toContain(text);
    expect(error).toContain('"kort certificate download --resume 01234567 --instance test"');
  });

  it('says that the journal knows where the daemon went away in the middle', async () => {
    signedIn(orderOf('one'));
    daemon
      .on('download.list', fails('ERR_IPC_DAEMON_UNREACHABLE'))
      .on('card.begin', () => begun())
      .on('card.run', fails('ERR_IPC_DAEMON_UNREACHABLE'));
    const ended = kort('certificate', 'download');
    await typePin('8351');
    const { code, error } = await ended;
    expect([code, error]).toEqual([
      7,
      expect.stringMatching(/is noted on this computer[^]*run "kort certificate download"/),
    ]);
  });

  it('changes nothing after Ctrl-C at a question, and gives up at the next step after one at work', async () => {
    signedIn(orderOf('one'), orderOf('two'));
    daemon.on('download.list', () => ({ downloads: [] }));
    const first = kort('certificate', 'download');
    await terminal.until(/Press a number/);
    terminal.type('\u0003');
    const { code, error } = await first;
    expect([code, error]).toEqual([5, expect.stringContaining('was interrupted. Nothing has been changed')]);
    expect(called('card.begin')).toEqual([]);

    terminal = scriptedTerminal({ columns: 300 });
    signedIn(orderOf('one'));
    let fail: (error: Error) => void = () => undefined;
    daemon
      .on('download.list', () => ({ downloads: [recordOf('requested')] }))
      .on('card.begin', () => begun())
      .on('card.run', () => new Promise((_resolve, reject) => (fail = reject)))
      .on('card.cancel', () => {
        void fails('ERR_ABORTED')().catch(fail);
        return { accepted: true };
      });
    const second = kort('certificate', 'download');
    await typePin('8351');
    await terminal.until(/opening the card/);
    await expect.poll(() => called('card.run'), { timeout: 8000 }).toHaveLength(1);
    terminal.type('\u0003');
    const stopped = await second;
    expect([stopped.code, called('card.cancel')]).toEqual([5, [{ operationId: 'op' }]]);
    expect(terminal.written).toContain('Cancelling as soon as the card is in order');
    expect(stopped.error).toContain('--resume 01234567');
  });

  it('goes on with what the issuer has made without a login, and asks what is meant', async () => {
    daemon
      .on('download.list', () => ({ downloads: [recordOf('issued')] }))
      .on('card.begin', () => begun({ work: 'resume', step: 'issued', pinUses: 1 }))
      .on('card.run', () => ({ before: tries, after: tries, stored: certificate('b') }));
    const ended = kort('certificate', 'download', '--lang', 'sv');
    await terminal.until(/1 {2}Fortsätt: Tolvan one[^]*2 {2}Hämta ett annat[^]*3 {2}Ge upp: Tolvan one/);
    terminal.type('1');
    await terminal.until(/PIN-kod: \u001b\[K$/);
    terminal.type('8351\r');
    expect((await ended).code).toBe(0);
    expect(called('card.begin')).toEqual([{ work: 'resume', downloadId: recordOf('issued').id }]);
    expect(called('issuer.signIn')).toEqual([]);
  });

  it('gives one up by the beginning of its id', async () => {
    daemon
      .on('download.list', () => ({ downloads: [recordOf('key')] }))
      .on('card.begin', () => begun({ work: 'discard', pinUses: 1 }))
      .on('card.run', () => ({ before: tries, after: tries }));
    const ended = kort('certificate', 'download', '--discard', '0123');
    await typePin('8351');
    expect((await ended).out).toBe('The download has ended. The card is as it was before.\n');
    expect(called('card.begin')).toEqual([{ work: 'discard', downloadId: recordOf('key').id, evenIssued: false }]);
  });

  it('says what may be lost when one is given up that the issuer may have been asked for', async () => {
    daemon
      .on('download.list', () => ({ downloads: [recordOf('requested')] }))
      .on('card.begin', () => begun({ work: 'discard', pinUses: 1, step: 'requested' }))
      .on('card.run', () => ({ before: tries, after: tries }));
    const ended = kort('certificate', 'download', '--discard', '0123');
    await terminal.until(/The issuer may have made the certificate already/);
    await typePin('8351');
    expect((await ended).code).toBe(0);
  });
});

describe('the command line of kort certificate download', () => {
  it.each([
    [['--pin-stdin'], 'add --yes if you are sure'],
    [['--json'], 'needs a terminal, or --pin-stdin'],
    [['--resume', '--discard'], 'choose one of --resume, --discard and --order'],
    [['--even-issued'], '--discard'],
  ])('%j is explained', async (argv, text) => {
    const { code, out, error } = await kort('certificate', 'download', ...argv);
    expect([code, (out + error).includes(text)]).toEqual([2, true]);
    expect(daemon.calls).toEqual([]);
  });

  it('--resume of what is not there is explained', async () => {
    daemon.on(
      'download.list',
      () => ({ downloads: [recordOf('key')] }),
      () => ({ downloads: [] }),
    );
    const { code, error } = await kort('certificate', 'download', '--resume', 'ffff');
    expect([code, error.includes('no download is unfinished')]).toEqual([2, true]);
  });
});

describe('kort certificate remove and restore', () => {
  const held = { fingerprint: 'a'.repeat(64) };

  it('removes nothing that the user says no to', async () => {
    daemon
      .on('certificate.list', () => ({ certificates: [held] }))
      .on('card.begin', () =>
        begun({ work: 'remove', leaves: certificate('a'), undoable: false, leavesNoLogin: true }),
      );
    const ended = kort('certificate', 'remove', 'aaaa', '--with-key');
    await terminal.until(
      /cannot be put back[^]*WARNING: after this, no certificate[^]*NEVER be undone[^]*y = yes, n = no/,
    );
    terminal.type('x\rn');
    const { code, error } = await ended;
    expect([code, error]).toEqual([5, expect.stringContaining('Nothing has been changed on the card.')]);
    expect([daemon.pins, called('card.run')]).toEqual([[], []]);
  });

  it('takes the PIN from standard input, wipes it, and answers with one object and the steps beside', async () => {
    lines = [secretOf('8351')];
    daemon
      .on('certificate.list', () => ({ certificates: [held] }))
      .on('card.begin', () => begun({ work: 'remove', leaves: certificate('a') }))
      .on('card.run', () => {
        daemon.emit('card.progress', { operationId: 'op', state: 'removing' });
        return { before: tries, after: tries, removed: certificate('a') };
      });
    const { code, out, error } = await kort('certificate', 'remove', 'aaaa', '--pin-stdin', '--yes', '--json');
    expect([code, JSON.parse(error)]).toEqual([0, { event: 'card-progress', state: 'removing' }]);
    expect(JSON.parse(out)).toMatchObject({ work: 'remove', card: { serial: '01' }, removed: certificate('a') });
    expect([called('card.begin'), isWiped(lines[0]!)]).toEqual([
      [{ work: 'remove', fingerprint: 'a'.repeat(64), withKey: false }],
      true,
    ]);
  });

  it('does not spend a last try that no person agreed to', async () => {
    lines = [secretOf('8351')];
    daemon
      .on('certificate.list', () => ({ certificates: [held] }))
      .on('card.begin', () => begun({ work: 'remove', lastTry: true }));
    const { code, error } = await kort('certificate', 'remove', 'aaaa', '--pin-stdin', '--yes');
    expect([code, error.includes('ERR_PIN_LAST_TRY'), daemon.pins, isWiped(lines[0]!)]).toEqual([5, true, [], true]);
  });

  it('says that the certificate is still there after a removal that failed', async () => {
    lines = [secretOf('8351')];
    daemon
      .on(
        'certificate.list',
        () => ({ certificates: [held] }),
        () => ({ certificates: [held] }),
      )
      .on('card.begin', () => begun({ work: 'remove' }))
      .on('card.run', fails('ERR_CERT_BACKUP'));
    const { error } = await kort('certificate', 'remove', 'aaaa', '--pin-stdin', '--yes');
    expect(error).toContain('The certificate is still on the card.');
  });

  it('restores by the beginning of a backup, and says where it looked for others', async () => {
    daemon
      .on(
        'certificate.backups',
        () => ({ backups: [held] }),
        () => ({ backups: [held] }),
      )
      .on('card.begin', () => begun({ work: 'restore', returns: certificate('a'), pinUses: 1 }))
      .on('card.run', () => ({ before: tries, after: tries, stored: certificate('a') }));
    const ended = kort('certificate', 'restore', 'aaaa');
    await typePin('8351');
    expect((await ended).out).toMatch(/^Done\.\nNow on the card:/);
    expect((await kort('certificate', 'restore', 'bbbb')).error).toContain('No certificate among the backups has');
  });
});
