import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDownloadWorld, type DownloadWorld } from '../support/download-world.js';
import type { IssuerFault } from '../../src/model/issuer-fault.js';

let world: DownloadWorld;
const card = 'tolvan-ec';

beforeAll(async () => {
  world = await openDownloadWorld('dlfault', 22_040);
});
beforeEach(async () => {
  world.issuer.setFault('none');
  await world.insert(card);
});
afterAll(async () => await world.close());

const usable = async (): Promise<string[]> => {
  const { certificates } = await world.client.request('certificate.list', {});
  return certificates.flatMap(({ isCa, usable: works, fingerprint }) => (isCa || !works ? [] : [fingerprint]));
};

const faults: readonly [IssuerFault, { readonly code: string; readonly fields?: object }][] = [
  ['down', { code: 'ERR_REMOTE_UNREACHABLE' }],
  ['garbage', { code: 'ERR_ISSUER_RESPONSE' }],
  ['cut', { code: 'ERR_REMOTE_UNREACHABLE' }],
  ['sign-and-hang-up', { code: 'ERR_REMOTE_UNREACHABLE' }],
  ['other-key', { code: 'ERR_ISSUER_CERTIFICATE', fields: { reason: 'key' } }],
  ['other-person', { code: 'ERR_ISSUER_CERTIFICATE', fields: { reason: 'person' } }],
  ['untrusted', { code: 'ERR_ISSUER_CERTIFICATE', fields: { reason: 'untrusted' } }],
  ['refuse', { code: 'ERR_ISSUER_REFUSED', fields: { status: 403 } }],
];

/** A renewal whose issuer fails so; the old certificate's fingerprint and the order. */
async function beginUnder(fault: IssuerFault) {
  const [old = ''] = await usable();
  const { session, orderId } = await world.order(card, 'renewal');
  const begun = await world.begin({ work: 'download', session: session.session, orderId });
  world.issuer.setFault(fault);
  return { old, orderId, begun };
}

describe('card.run of a download whose issuer fails', () => {
  it.each(faults)('with %s stores nothing, and goes on when that is over', async (fault, { code, fields = {} }) => {
    const { old, orderId, begun } = await beginUnder(fault);
    const failure: unknown = await world.run(begun).catch((error: unknown) => error);
    const [record] = world.journal();
    expect(record?.step).toBe('requested');
    expect(failure).toMatchObject({
      code,
      fields: { ...fields, downloadId: record?.id, step: 'requested', pinEffect: 'accepted' },
    });
    expect(await usable()).toEqual([old]);

    world.issuer.setFault('none');
    const outcome = await world.resume();
    expect(outcome).toMatchObject({ removed: { fingerprint: old } });
    expect(world.journal()).toEqual([]);
    await expect.poll(usable).toEqual([outcome.stored?.fingerprint]);
    expect(world.issuer.waiting.some(({ order }) => order.id === orderId)).toBe(false);
  });

  it('waits for an issuer that wants a little time, and says so', async () => {
    const { old, begun } = await beginUnder('retry-later');
    const states: string[] = [];
    const stop = world.client.on('card.progress', ({ state }) => void states.push(state));
    const { removed } = await world.run(begun);
    stop();
    expect(removed?.fingerprint).toBe(old);
    expect(states).toEqual([
      'making-key',
      ...['enrolling', 'waiting-for-issuer', 'enrolling', 'waiting-for-issuer', 'enrolling'],
      ...['checking-answer', 'storing', 'proving', 'retiring'],
    ]);
  });

  it('takes what a slow issuer sends at last', async () => {
    const { old, begun } = await beginUnder('slow');
    expect((await world.run(begun)).removed?.fingerprint).toBe(old);
  });

  it('can be discarded: the key leaves the card, and the order can be fetched anew', async () => {
    const { old, orderId, begun } = await beginUnder('refuse');
    await expect(world.run(begun)).rejects.toMatchObject({ code: 'ERR_ISSUER_REFUSED' });
    const [record] = world.journal();
    world.issuer.setFault('none');
    const { session } = await world.client.request('issuer.signIn', {}, { timeoutMs: 60_000 });
    await expect(world.begin({ work: 'download', session, orderId })).rejects.toMatchObject({
      code: 'ERR_DOWNLOAD_UNFINISHED',
      fields: { downloadId: record?.id, step: 'requested' },
    });
    const discarded = await world.run(await world.begin({ work: 'discard', downloadId: record?.id ?? '' }));
    expect(discarded).not.toHaveProperty('stored');
    expect(world.journal()).toEqual([]);
    expect(await usable()).toEqual([old]);
    const outcome = await world.run(await world.begin({ work: 'download', session, orderId }));
    expect(outcome.removed?.fingerprint).toBe(old);
  });

  it('keeps a certificate that was signed: no discard without a word more, and a resume needs no issuer', async () => {
    const { old, begun } = await beginUnder('none');
    const stop = world.client.on('card.progress', ({ state }) => {
      if (state === 'checking-answer') world.world.hardware.remove('Sandbox Reader 1');
    });
    await expect(world.run(begun)).rejects.toMatchObject({ code: 'ERR_CARD_REMOVED' });
    stop();
    const [record] = world.journal();
    expect(record?.step).toBe('issued');
    world.issuer.setFault('down');
    await world.insert(card);
    const downloadId = record?.id ?? '';
    await expect(world.begin({ work: 'discard', downloadId })).rejects.toMatchObject({
      code: 'ERR_DOWNLOAD_UNFINISHED',
      fields: { reason: 'issued' },
    });
    const outcome = await world.run(await world.begin({ work: 'resume', downloadId }));
    expect(outcome.removed?.fingerprint).toBe(old);
  });
});
