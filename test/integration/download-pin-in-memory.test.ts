import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sandboxPin } from '../../src/sandbox/sandbox-cards.js';
import { firstReader, openDownloadWorld, until, type DownloadWorld } from '../support/download-world.js';
import { filesWith } from '../support/planted-code.js';
import { scanCore } from '../support/scan-core.js';
import { secretOf } from '../support/token-bench.js';

/*
 * A PIN is planted, used by `kortd` for a download, and held while the issuer is slow. Then everything that `kortd` has
 * is searched for it.
 */
const pin = '83917462';
const card = 'tolvan-ec';
let world: DownloadWorld;

beforeAll(async () => {
  world = await openDownloadWorld('dlmem', 22_140);
  await world.insert(card);
  const { operationId, tickets } = await world.client.request('pin.begin', {
    operation: 'change',
    role: 'authentication',
  });
  await world.client.sendPin(tickets.current ?? '', secretOf(sandboxPin), { lastTryConsent: false });
  await world.client.sendPin(tickets.next ?? '', secretOf(pin), { lastTryConsent: false });
  await world.client.request('pin.run', { operationId, lastTryConsent: false });
  world.surface.pin = pin;
});
afterAll(async () => await world.close());

function found(): readonly string[] {
  const patterns = {
    pin: Buffer.from(pin, 'latin1'),
    'UTF-16': Buffer.from(pin, 'utf16le'),
    // Shows that the search can find.
    control: Buffer.from('Tolvan Tolvansson', 'latin1'),
  };
  return scanCore(world.daemon.process.pid ?? 0, join(world.home.folder, 'core'), patterns);
}

/** A download that waits for the issuer, and so holds the PIN. */
async function heldDownload(): Promise<{ readonly run: Promise<unknown> }> {
  const { session, orderId } = await world.order(card);
  const begun = await world.begin({ work: 'download', session: session.session, orderId });
  world.issuer.setFault('slow');
  const run = world.run(begun, { pin }).catch((error: unknown) => error);
  await until(() => Promise.resolve(world.journal()[0]?.step === 'requested'), 'requested');
  // Until the card has been let go.
  await delay(1000);
  return { run };
}

it('the PIN of a download is held while the issuer works, and gone when the card is pulled or the download done', async () => {
  const { run } = await heldDownload();
  expect(found()).toEqual(['control', 'pin']);
  world.world.hardware.remove(firstReader);
  await until(
    async () => (await world.client.request('status.get', {})).readers.every(({ token }) => token === undefined),
    'no card',
  );
  expect(found()).toEqual(['control']);
  world.issuer.setFault('none');
  // What the issuer's call came to depends on how long the search has stopped both processes.
  await expect(run).resolves.toHaveProperty('fields.downloadId');

  await world.insert(card);
  const { session } = await world.client.request('issuer.signIn', {}, { timeoutMs: 60_000 });
  const downloadId = world.journal()[0]?.id ?? '';
  const outcome = await world.run(await world.begin({ work: 'resume', downloadId, session }), { pin });
  expect(outcome.problem).toBeUndefined();
  expect(found()).toEqual(['control']);
  expect(filesWith(join(world.home.folder, 'state'), pin)).toEqual([]);
  expect(world.daemon.log()).not.toContain(pin);
});
