import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { MiddlewareError } from '../../../../src/core/errors.js';
import { systemClock } from '../../../../src/core/ports.js';
import { Secret } from '../../../../src/core/secret.js';
import { createSandboxCa, trustPolicyOf, type SandboxCa } from '../../../../src/sandbox/ca/sandbox-ca.js';
import type { WritableToken } from '../../../../src/tokens/token.js';
import {
  downloadReader,
  openDownloadStage,
  personKey,
  testOrder,
  type DownloadStage,
  type PersonKey,
} from '../../../support/download-stage.js';
import { secretOf } from '../../../support/token-bench.js';

let ca: SandboxCa;
let key: PersonKey;
let stage: DownloadStage;

beforeAll(async () => {
  ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
  key = await personKey(ca);
});
beforeEach(async () => void (stage = await openDownloadStage(ca, key)));
afterEach(async () => await stage.close());

const record = () => [...stage.journal.records.values()][0];

describe('createDownloads() with an issuer that answers a request once', () => {
  it('keeps the certificate although the user gave up while the answer was on its way', async () => {
    const user = new AbortController();
    stage.issuer.onEnroll = () => user.abort(new MiddlewareError('ERR_ABORTED', 'gone'));
    await expect(stage.run(await stage.begin(), undefined, { signal: user.signal })).rejects.toMatchObject({
      code: 'ERR_ABORTED',
      fields: { step: 'issued' },
    });
    stage.issuer.fault = 'refuses';
    await stage.run(await stage.resume());
    expect(stage.issuer.requests).toHaveLength(1);
    expect(await stage.onCard()).toHaveLength(2);
  });

  it('keeps an answer that is not believed yet, and believes it when it can be', async () => {
    const prepared = await stage.begin();
    stage.policy = { ...trustPolicyOf(ca), anchors: [] };
    await expect(stage.run(prepared)).rejects.toMatchObject({
      code: 'ERR_ISSUER_CERTIFICATE',
      fields: { reason: 'untrusted', step: 'requested' },
    });
    stage.issuer.fault = 'refuses';
    await expect(stage.run(await stage.resume())).rejects.toMatchObject({ code: 'ERR_ISSUER_REFUSED' });
    const [downloadId = ''] = stage.journal.records.keys();
    await expect(stage.downloads.prepareDiscard({ work: 'discard', downloadId }, stage.caller)).rejects.toMatchObject({
      code: 'ERR_DOWNLOAD_UNFINISHED',
      fields: { reason: 'issued' },
    });
    stage.policy = trustPolicyOf(ca);
    const { stored } = await stage.run(await stage.resume());
    expect(stage.issuer.issued.get('order-1')).toEqual([stored?.fingerprint]);
    expect(await stage.onCard()).toContain(stored?.fingerprint);
  });

  it.each(['other-key', 'other-person'] as const)('keeps nothing of an answer with %s', async (fault) => {
    stage.issuer.fault = fault;
    await expect(stage.run(await stage.begin())).rejects.toMatchObject({ code: 'ERR_ISSUER_CERTIFICATE' });
    expect(record()).toMatchObject({ step: 'requested' });
    expect(record()).not.toHaveProperty('certificate');
  });
});

describe('prepareDiscard()', () => {
  it('leaves nobody with neither the new certificate nor the old', async () => {
    stage.issuer.orders = [testOrder({ kind: 'renewal', replaces: stage.old })];
    stage.backups.failure = new MiddlewareError('ERR_CERT_BACKUP', 'Disk is full');
    await stage.run(await stage.begin());
    const { id: downloadId = '' } = record() ?? {};
    const request = { work: 'discard', downloadId, evenIssued: true } as const;
    await expect(stage.downloads.prepareDiscard(request, stage.caller)).rejects.toMatchObject({
      code: 'ERR_DOWNLOAD_UNFINISHED',
      fields: { downloadId, reason: 'stored' },
    });
  });
});

describe('createDownloads() with a record whose certificate is none', () => {
  const damaged = async (): Promise<string> => {
    stage.journal.failAt = 'stored';
    await expect(stage.run(await stage.begin())).rejects.toMatchObject({ fields: { step: 'issued' } });
    stage.journal.failAt = undefined;
    const [[id, kept] = []] = stage.journal.records;
    stage.journal.records.set(id!, { ...kept!, certificate: 'AAAA' });
    return id!;
  };

  it('forgets it, and sets it aside', async () => {
    const downloadId = await damaged();
    stage.hardware.remove(downloadReader);
    await expect.poll(() => stage.tokens.entries[0]?.state).toBe('absent');
    await stage.downloads.forget(downloadId);
    expect(stage.journal.steps.at(-1)).toBe('set-aside');
    expect(stage.backups.kept.size).toBe(0);
    expect(stage.downloads.unfinished).toBe(0);
  });

  it('gives it up on its card, and sets it aside', async () => {
    const downloadId = await damaged();
    const request = { work: 'discard', downloadId, evenIssued: true } as const;
    await stage.run(await stage.downloads.prepareDiscard(request, stage.caller));
    expect(stage.journal.steps.at(-1)).toBe('set-aside');
    expect(stage.downloads.unfinished).toBe(0);
    expect(await stage.onCard()).toContain(stage.old);
  });
});

describe('createDownloads() with two connections at one download', () => {
  it('gives up nothing that another has finished', async () => {
    stage.issuer.orders = [testOrder({ kind: 'renewal', replaces: stage.old })];
    stage.journal.failAt = 'stored';
    await expect(stage.run(await stage.begin())).rejects.toMatchObject({ fields: { step: 'issued' } });
    stage.journal.failAt = undefined;
    const [downloadId = ''] = stage.journal.records.keys();
    const discard = await stage.downloads.prepareDiscard(
      { work: 'discard', downloadId, evenIssued: true },
      stage.caller,
    );
    const again = await stage.resume();
    const { stored, removed } = await stage.run(await stage.resume());
    expect(removed?.fingerprint).toBe(stage.old);
    await expect(stage.run(discard)).rejects.toMatchObject({ code: 'ERR_DOWNLOAD_ORDER' });
    await expect(stage.run(again)).rejects.toMatchObject({ code: 'ERR_DOWNLOAD_ORDER' });
    expect(await stage.onCard()).toEqual([stored?.fingerprint]);
    expect(stage.journal.records.size).toBe(0);
  });

  it('asks again about what has gone on since', async () => {
    stage.issuer.fault = 'down';
    await expect(stage.run(await stage.begin())).rejects.toMatchObject({ fields: { step: 'requested' } });
    stage.issuer.fault = undefined;
    const again = await stage.resume();
    stage.journal.failAt = 'stored';
    await expect(stage.run(await stage.resume())).rejects.toMatchObject({ fields: { step: 'issued' } });
    stage.journal.failAt = undefined;
    await expect(stage.run(again)).rejects.toMatchObject({
      code: 'ERR_DOWNLOAD_UNFINISHED',
      fields: { step: 'issued' },
    });
  });
});

describe('createDownloads() with a PIN', () => {
  it.each<[string, DownloadStage['standsFor'], string]>([
    ['card that is gone', () => undefined, 'ERR_CARD_REMOVED'],
    ['module with another PIN', (token) => token && withOtherPin(token), 'ERR_PIN_OPERATION_OVER'],
  ])('gives it to no %s, and wipes it', async (_what, standsFor, code) => {
    const prepared = await stage.begin();
    const pin = secretOf('123456');
    const made = vi.spyOn(Secret, 'moveFrom');
    stage.standsFor = standsFor;
    const use = { lastTryConsent: false, signal: new AbortController().signal, onStep: () => undefined };
    await expect(prepared.run({ pin }, use)).rejects.toMatchObject({ code });
    const copies = made.mock.results.map(({ value }) => value as Secret);
    made.mockRestore();
    for (const secret of [pin, ...copies]) {
      expect(secret.use((bytes) => bytes.every((byte) => byte === 0))).toBe(true);
    }
    expect(stage.history.events.filter(({ kind }) => kind === 'pin-try')).toEqual([]);
  });
});

function withOtherPin(token: WritableToken): WritableToken {
  const pins = token.info.pins.map((pin) => ({ ...pin, role: 'signature' as const }));
  return Object.create(token, { info: { value: { ...token.info, pins } } }) as WritableToken;
}
