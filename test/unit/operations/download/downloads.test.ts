import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../../../src/core/bytes.js';
import { MiddlewareError } from '../../../../src/core/errors.js';
import { systemClock } from '../../../../src/core/ports.js';
import { createSandboxCa, type SandboxCa } from '../../../../src/sandbox/ca/sandbox-ca.js';
import { useAsAnother } from '../../../support/contract-cards.js';
import {
  downloadPin,
  downloadReader,
  makeCard,
  openDownloadStage,
  personKey,
  testOrder,
  type DownloadCardKind,
  type DownloadStage,
  type PersonKey,
} from '../../../support/download-stage.js';
import { personAtPinPad } from '../../../support/pin-pad-person.js';
import { testCaller } from '../../../support/test-caller.js';
import { pinBlock, SELECT_APPLET } from '../../../support/virtual-card-fixture.js';

let ca: SandboxCa;
let key: PersonKey;
let stage: DownloadStage;

beforeAll(async () => {
  ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
  key = await personKey(ca);
});
afterEach(async () => await stage.close());

const open = async (...more: [kind?: DownloadCardKind, ...rest: unknown[]]): Promise<DownloadStage> =>
  (stage = await openDownloadStage(ca, key, ...(more as [])));

describe('createDownloads()', () => {
  it.each<DownloadCardKind>(['IDPrime 940', 'PIV', 'MyEID', 'IsoApplet'])(
    'brings a certificate onto a card of kind %s beside the old one',
    async (kind) => {
      await open(kind);
      const prepared = await stage.begin();
      expect(prepared.question).toMatchObject({ work: 'download', codes: ['pin'], pinUses: 2, lastTry: false });
      const outcome = await stage.run(prepared);
      const issued = stage.issuer.issued.get('order-1');
      expect(issued).toEqual([outcome.stored?.fingerprint]);
      expect(outcome).not.toHaveProperty('problem');
      expect((await stage.onCard()).toSorted()).toEqual([stage.old, ...(issued ?? [])].sort());
      expect(stage.journal.steps).toEqual(['planned', 'key', 'requested', 'issued', 'stored', 'removed']);
      expect(stage.told).toEqual(['making-key', 'enrolling', 'checking-answer', 'storing', 'proving']);
      expect(stage.downloads.unfinished).toBe(0);
    },
  );

  it('retires what is replaced once the new one has proved itself, and keeps a copy', async () => {
    await open();
    stage.issuer.orders = [testOrder({ kind: 'renewal', replaces: stage.old, cardNumber: '9752269900000000001' })];
    const prepared = await stage.begin();
    expect(prepared.question.leaves?.fingerprint).toBe(stage.old);
    const outcome = await stage.run(prepared);
    expect(outcome.removed?.fingerprint).toBe(stage.old);
    expect(await stage.onCard()).toEqual(stage.issuer.issued.get('order-1'));
    expect([...stage.backups.kept.keys()]).toEqual([stage.old]);
    expect(stage.replaced).toEqual([[stage.old, outcome.stored?.fingerprint]]);
    expect(stage.told.at(-1)).toBe('retiring');
  });

  it('refuses what it cannot do, before anything is changed', async () => {
    await open();
    const before = stage.made.state?.();
    stage.issuer.clockSkewMs = 301_000;
    await expect(stage.begin()).rejects.toMatchObject({ code: 'ERR_DOWNLOAD_CLOCK' });
    stage.issuer.clockSkewMs = 0;
    stage.issuer.orders = [testOrder({ cardNumber: '9752269900000000009' })];
    await expect(stage.begin()).rejects.toMatchObject({ code: 'ERR_DOWNLOAD_CARD', fields: { reason: 'card-number' } });
    stage.issuer.orders = [testOrder({ keySpecs: ['rsa-4096'] })];
    await expect(stage.begin()).rejects.toMatchObject({ code: 'ERR_TOKEN_ALGORITHM_UNSUPPORTED' });
    stage.issuer.orders = [testOrder({ id: 'order-2' })];
    await expect(stage.begin()).rejects.toMatchObject({ code: 'ERR_DOWNLOAD_ORDER' });
    expect([stage.made.state?.(), stage.journal.steps, stage.issuer.requests]).toEqual([before, [], []]);
  });

  it.each([
    ['ERR_CARD_FULL', { capacity: 'full' }],
    ['ERR_CARD_NO_CONTAINER', { containers: 1 }],
    ['ERR_CARD_READ_ONLY', { writing: 'never' }],
  ] as const)('says %s of a 500 card that refuses, which stays as it was to the byte', async (code, more) => {
    await open('IDPrime 840', more);
    stage.issuer.orders = [testOrder({ keySpecs: ['rsa-2048'] })];
    const before = stage.made.state?.();
    const failure: unknown = await stage
      .begin()
      .then((prepared) => stage.run(prepared))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code });
    expect(failure).not.toHaveProperty('fields.downloadId');
    expect(stage.made.state?.()).toBe(before);
    expect([stage.journal.records.size, stage.issuer.requests]).toEqual([0, []]);
  });

  it('spends one try on a wrong PIN, and nothing else', async () => {
    await open();
    const room = await (await stage.ready()).room();
    await expect(stage.run(await stage.begin(), '999999')).rejects.toMatchObject({
      code: 'ERR_PIN_WRONG',
      fields: { attemptsRemaining: 4, pinEffect: 'none' },
    });
    expect(await tries()).toBe(4);
    expect(stage.journal.steps).toEqual(['planned', 'removed']);
    expect(await (await stage.ready()).room()).toEqual(room);
    expect(stage.issuer.requests).toEqual([]);
  });

  it('refuses a blocked PIN beforehand', async () => {
    await open();
    await foreign(5);
    await (await stage.ready()).retryCounters();
    await expect(stage.begin()).rejects.toMatchObject({ code: 'ERR_PIN_BLOCKED' });
    expect(stage.journal.steps).toEqual([]);
  });

  it('spends no second try when another program has tried in between', async () => {
    await open();
    const prepared = await stage.begin();
    stage.issuer.onEnroll = () => foreign(1);
    await expect(stage.run(prepared)).rejects.toMatchObject({
      code: 'ERR_PIN_COUNTER_FELL',
      fields: { step: 'issued', pinEffect: 'accepted' },
    });
    expect(await tries()).toBe(4);
    stage.issuer.onEnroll = () => undefined;
    expect(await stage.run(await stage.resume())).not.toHaveProperty('problem');
    expect(await tries()).toBe(5);
  });

  it('spends one try when the PIN was changed in between, and goes on with the new one', async () => {
    await open();
    const prepared = await stage.begin();
    stage.issuer.onEnroll = () =>
      useAsAnother(stage.made.card, [SELECT_APPLET, `0024001120${pinBlock('123456')}${pinBlock('654321')}`]);
    await expect(stage.run(prepared)).rejects.toMatchObject({ code: 'ERR_PIN_WRONG', fields: { step: 'issued' } });
    expect(await tries()).toBe(4);
    expect(await stage.run(await stage.resume(), '654321')).not.toHaveProperty('problem');
    expect(stage.issuer.issued.get('order-1')).toHaveLength(1);
  });

  it('keeps the certificate when the card is pulled while the issuer works, and wipes the PIN', async () => {
    await open();
    const prepared = await stage.begin();
    stage.issuer.onEnroll = () => void stage.hardware.remove(downloadReader);
    await expect(stage.run(prepared)).rejects.toMatchObject({ code: 'ERR_CARD_REMOVED', fields: { step: 'issued' } });
    await stage.reinsert();
    const resumed = await stage.resume();
    expect(resumed.question).toMatchObject({ work: 'resume', step: 'issued', pinUses: 1 });
    await stage.run(resumed);
    expect(await stage.onCard()).toHaveLength(2);
  });

  it('does not wait for an issuer that wants more time than the PIN is held', async () => {
    await open();
    stage.issuer.fault = 'not-yet';
    stage.issuer.retryAfterSeconds = 61;
    await expect(stage.run(await stage.begin())).rejects.toMatchObject({
      code: 'ERR_ISSUER_PENDING',
      fields: { retryAfterSeconds: 61, step: 'requested' },
    });
    expect(stage.told).not.toContain('waiting-for-issuer');
    stage.issuer.retryAfterSeconds = 1;
    stage.issuer.onEnroll = () => {
      if (stage.issuer.requests.length > 1) stage.issuer.fault = undefined;
    };
    await stage.run(await stage.resume());
    expect(stage.told).toContain('waiting-for-issuer');
    expect(new Set(stage.issuer.requests).size).toBe(1);
  });

  it('stops when the user gives up, and can be gone on with', async () => {
    await open();
    const prepared = await stage.begin();
    const user = new AbortController();
    stage.issuer.onEnroll = () => user.abort(new MiddlewareError('ERR_ABORTED', 'gone'));
    await expect(stage.run(prepared, undefined, { signal: user.signal })).rejects.toMatchObject({
      code: 'ERR_ABORTED',
    });
    stage.issuer.onEnroll = () => undefined;
    await stage.run(await stage.resume());
    expect(stage.issuer.issued.get('order-1')).toHaveLength(1);
    expect(await stage.onCard()).toHaveLength(2);
  });

  it.each([
    ['planned', [], 'none'],
    ['key', ['planned', 'removed'], 'accepted'],
    ['requested', ['planned', 'key', 'removed'], 'accepted'],
    ['issued', ['planned', 'key', 'requested'], 'accepted'],
    ['stored', ['planned', 'key', 'requested', 'issued'], 'accepted'],
  ])('does nothing that it cannot write down: the disk is full at %s', async (step, steps, pinEffect) => {
    await open();
    const { keys } = await (await stage.ready()).room();
    const prepared = await stage.begin();
    stage.journal.failAt = step;
    await expect(stage.run(prepared)).rejects.toMatchObject({ code: 'ERR_DOWNLOAD_JOURNAL', fields: { pinEffect } });
    expect(stage.journal.steps).toEqual(steps);
    stage.journal.failAt = undefined;
    const isKept = stage.journal.records.size > 0;
    if (!isKept) expect((await (await stage.ready()).room()).keys).toBe(keys);
    await stage.run(isKept ? await stage.resume() : await stage.begin());
    expect(stage.issuer.issued.get('order-1')).toHaveLength(1);
    expect(await stage.onCard()).toHaveLength(2);
    expect(stage.journal.records.size).toBe(0);
  });

  it('calls it no failure of the new certificate that the old one cannot be backed up, and does that later', async () => {
    await open();
    stage.issuer.orders = [testOrder({ kind: 'renewal', replaces: stage.old })];
    stage.backups.failure = new MiddlewareError('ERR_CERT_BACKUP', 'Disk is full');
    const outcome = await stage.run(await stage.begin());
    expect(outcome).toMatchObject({ problem: { code: 'ERR_CERT_BACKUP' } });
    expect(await stage.onCard()).toEqual(expect.arrayContaining([stage.old, outcome.stored?.fingerprint]));
    stage.backups.failure = undefined;
    expect(await stage.run(await stage.resume())).toMatchObject({ removed: { fingerprint: stage.old } });
    expect(await stage.onCard()).toEqual([outcome.stored?.fingerprint]);
  });

  it('leaves the old certificate where the user wants it', async () => {
    await open();
    stage.issuer.orders = [testOrder({ kind: 'renewal', replaces: stage.old })];
    const prepared = await stage.begin({ keepReplaced: true });
    expect(prepared.question).not.toHaveProperty('leaves');
    expect(await stage.run(prepared)).not.toHaveProperty('removed');
    expect(await stage.onCard()).toHaveLength(2);
  });

  it('lets one download at a time run for a card and for an order', async () => {
    await open();
    const [first, second] = [await stage.begin(), await stage.begin()];
    const running = stage.run(first);
    await expect(stage.run(second)).rejects.toMatchObject({ code: 'ERR_PIN_OPERATION_RUNNING' });
    await running;
  });

  it('refuses a second download while one is unfinished, also when both were begun before', async () => {
    await open();
    const [first, second] = [await stage.begin(), await stage.begin()];
    stage.issuer.fault = 'down';
    await expect(stage.run(first)).rejects.toMatchObject({ code: 'ERR_REMOTE_UNREACHABLE' });
    const [downloadId] = stage.journal.records.keys();
    const unfinished = { code: 'ERR_DOWNLOAD_UNFINISHED', fields: { downloadId, step: 'requested' } };
    await expect(stage.begin()).rejects.toMatchObject(unfinished);
    await expect(stage.run(second)).rejects.toMatchObject(unfinished);
    expect(stage.downloads.unfinished).toBe(1);
  });

  it('knows the sessions of one connection only, and ends them with it', async () => {
    await open();
    const { id } = await stage.signIn();
    const request = { work: 'download', session: id, orderId: 'order-1' } as const;
    await expect(stage.downloads.prepareDownload(request, testCaller())).rejects.toMatchObject({
      code: 'ERR_ISSUER_SESSION',
    });
    stage.caller.end();
    await expect(stage.downloads.prepareDownload(request, stage.caller)).rejects.toMatchObject({
      code: 'ERR_ISSUER_SESSION',
    });
  });

  it('gives a download up: the key leaves the card, and so does a certificate that is on it already', async () => {
    await open();
    const { keys } = await (await stage.ready()).room();
    const prepared = await stage.begin();
    stage.journal.failAt = 'stored';
    await expect(stage.run(prepared)).rejects.toMatchObject({ fields: { step: 'issued' } });
    stage.journal.failAt = undefined;
    const [downloadId = ''] = stage.journal.records.keys();
    const request = { work: 'discard', downloadId } as const;
    await expect(stage.downloads.prepareDiscard(request, stage.caller)).rejects.toMatchObject({
      code: 'ERR_DOWNLOAD_UNFINISHED',
      fields: { reason: 'issued' },
    });
    const discard = await stage.downloads.prepareDiscard({ ...request, evenIssued: true }, stage.caller);
    const [issued] = stage.issuer.issued.get('order-1') ?? [];
    expect(discard.question.leaves?.fingerprint).toBe(issued);
    expect((await stage.run(discard)).removed?.fingerprint).toBe(issued);
    expect([...stage.backups.kept.keys()]).toEqual([issued]);
    expect(await stage.onCard()).toEqual([stage.old]);
    expect((await (await stage.ready()).room()).keys).toBe(keys);
    expect(stage.history.events.at(-1)).toMatchObject({ kind: 'download', outcome: 'discarded', fingerprint: issued });
  });

  it("asks for a PIV card's own management key, and opens it with nothing else", async () => {
    const managementKey = Uint8Array.from({ length: 24 }, (_, index) => 0x10 + index);
    await open('PIV', { managementKey });
    const first = await stage.begin();
    if (first.question.codes.length === 1) {
      await expect(stage.run(first)).rejects.toMatchObject({ code: 'ERR_CARD_MANAGEMENT_KEY' });
      expect(stage.journal.records.size).toBe(0);
    }
    const prepared = await stage.begin({ askManagementKey: true });
    expect(prepared.question.codes).toEqual(['pin', 'managementKey']);
    await expect(stage.run(prepared, downloadPin, { managementKey: 'not hex' })).rejects.toMatchObject({
      code: 'ERR_CARD_MANAGEMENT_KEY',
      fields: { reason: 'malformed' },
    });
    await expect(stage.run(prepared, downloadPin, { managementKey: '00'.repeat(24) })).rejects.toMatchObject({
      code: 'ERR_CARD_MANAGEMENT_KEY',
    });
    expect(stage.journal.records.size).toBe(0);
    await stage.run(prepared, downloadPin, { managementKey: toHex(managementKey) });
    expect(await stage.onCard()).toHaveLength(2);
  });

  it('asks for the management key of a PIV card that is no YubiKey each time, before anything is tried', async () => {
    await open('PIV', { atrKind: 'hist' });
    stage.issuer.orders = [testOrder({ keySpecs: ['rsa-2048'] })];
    const codes = ['pin', 'managementKey'];
    const factory = { managementKey: '0102030405060708'.repeat(3) };
    const prepared = await stage.begin();
    expect(prepared.question.codes).toEqual(codes);
    stage.issuer.fault = 'down';
    await expect(stage.run(prepared, downloadPin, factory)).rejects.toMatchObject({ fields: { step: 'requested' } });
    stage.issuer.fault = undefined;
    const [downloadId = ''] = stage.journal.records.keys();
    const discard = await stage.downloads.prepareDiscard({ work: 'discard', downloadId }, stage.caller);
    expect(discard.question.codes).toEqual(codes);
    const resumed = await stage.resume();
    expect(resumed.question.codes).toEqual(codes);
    await stage.run(resumed, downloadPin, factory);
    expect(await stage.onCard()).toHaveLength(2);
  });

  it('has the PIN typed twice on a keypad', async () => {
    await open('IDPrime 940', { pinPad: true });
    const person = personAtPinPad(stage.hardware.reader(downloadReader).pinPad!);
    person.will({ digits: downloadPin }, { digits: downloadPin });
    const prepared = await stage.begin();
    expect(prepared.question).toMatchObject({ pinPad: true, pinUses: 2 });
    await stage.run(prepared, 'pin-pad');
    expect(person.asked).toHaveLength(2);
    expect(stage.told).toEqual([
      ...['pin-pad', 'making-key', 'enrolling', 'checking-answer'],
      ...['storing', 'pin-pad', 'storing', 'proving'],
    ]);
    expect(await stage.onCard()).toHaveLength(2);
  });

  it('goes on with a card that has another id after each change', async () => {
    await open('IsoApplet', { hasSerial: false });
    stage.issuer.fault = 'down';
    await expect(stage.run(await stage.begin())).rejects.toMatchObject({ fields: { step: 'requested' } });
    const before = [...stage.journal.records.values()][0]?.token;
    expect((await stage.reinsert()).info.id).not.toBe(before);
    stage.issuer.fault = undefined;
    await stage.run(await stage.resume());
    expect(await stage.onCard()).toHaveLength(2);
  });

  it('does nothing to another card of that kind', async () => {
    await open('IsoApplet', { hasSerial: false });
    stage.issuer.fault = 'down';
    await expect(stage.run(await stage.begin())).rejects.toMatchObject({ fields: { step: 'requested' } });
    stage.hardware.addCard('other', makeCard('IsoApplet', key, { hasSerial: false }).card);
    stage.hardware.remove(downloadReader);
    await expect.poll(() => stage.tokens.entries[0]?.state).toBe('absent');
    stage.hardware.insert(downloadReader, 'other');
    await stage.ready();
    stage.issuer.fault = undefined;
    const room = await (await stage.ready()).room();
    await expect(stage.run(await stage.resume())).rejects.toMatchObject({
      code: 'ERR_DOWNLOAD_CARD',
      fields: { reason: 'other', step: 'issued' },
    });
    expect(await (await stage.ready()).room()).toEqual(room);
    expect(await stage.onCard()).toEqual([stage.old]);
  });

  it('forgets a download whose card will not come back, and keeps the certificate', async () => {
    await open();
    const prepared = await stage.begin();
    stage.issuer.onEnroll = () => void stage.hardware.remove(downloadReader);
    await expect(stage.run(prepared)).rejects.toMatchObject({ fields: { step: 'issued' } });
    const [downloadId = ''] = stage.journal.records.keys();
    await stage.reinsert();
    await expect(stage.downloads.forget(downloadId)).rejects.toMatchObject({
      code: 'ERR_DOWNLOAD_UNFINISHED',
      fields: { downloadId, reason: 'card-inserted' },
    });
    stage.hardware.remove(downloadReader);
    await expect.poll(() => stage.tokens.entries[0]?.state).toBe('absent');
    await stage.downloads.forget(downloadId);
    expect(stage.downloads.unfinished).toBe(0);
    expect([...stage.backups.kept.keys()]).toEqual(stage.issuer.issued.get('order-1'));
    await expect(stage.downloads.forget(downloadId)).rejects.toMatchObject({ code: 'ERR_DOWNLOAD_ORDER' });
  });

  it('forgets at the start what had not begun, and tells the log of the rest', async () => {
    await open();
    stage.issuer.fault = 'down';
    await expect(stage.run(await stage.begin())).rejects.toThrow();
    const [record] = [...stage.journal.records.values()];
    const other = '00000000-0000-4000-8000-000000000001';
    stage.journal.records.set(other, { ...record!, id: other, step: 'planned' });
    await stage.downloads.start();
    expect([...stage.journal.records.keys()]).toEqual([record!.id]);
    expect(stage.downloads.unfinished).toBe(1);
  });

  it('writes down in the history what came of it, and no name', async () => {
    await open();
    stage.issuer.fault = 'refuses';
    await expect(stage.run(await stage.begin())).rejects.toThrow();
    stage.issuer.fault = undefined;
    await stage.run(await stage.resume());
    const [fingerprint] = stage.issuer.issued.get('order-1') ?? [];
    const told = stage.history.events.filter(({ kind }) => kind === 'download');
    const about = { kind: 'download', token: (await stage.ready()).info.id, issuer: 'urn:test:issuer', order: 'extra' };
    expect(told).toEqual([
      { ...about, outcome: 'failed', code: 'ERR_ISSUER_REFUSED' },
      { ...about, outcome: 'complete', fingerprint },
    ]);
    expect(JSON.stringify(told)).not.toContain('Tolvan');
  });
});

const tries = async (): Promise<number | undefined> =>
  (await (await stage.ready()).retryCounters())[0]?.attemptsRemaining;

/** Wrong tries of another program. */
async function foreign(count: number): Promise<void> {
  const verify = Array.from({ length: count }, () => `0020001110${pinBlock('999999')}`);
  await useAsAnother(stage.made.card, [SELECT_APPLET, ...verify]);
}
