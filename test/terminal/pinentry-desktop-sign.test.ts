import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sandboxSignaturePin } from '../../src/sandbox/sandbox-cards.js';
import { verifySignatures } from '../../src/verify/verify.js';
import { OrderBench, type PageOrder } from '../support/order-bench.js';
import { writeSettings } from '../support/pinentry-terminal.js';
import { startRelyingServer, type RelyingServer } from '../support/relying-server.js';
import { startVirtualDesktop, type VirtualDesktop } from '../support/virtual-desktop.js';

/** Longer than an answer must not come. */
const afterGlanceMs = 1000;

const visibleText = Array.from({ length: 6 }, (_, index) => `TEST rad ${index + 1} som skrivs under`).join('\n');

let desktop: VirtualDesktop;
let bench: OrderBench;
let clinic: RelyingServer;
beforeAll(async () => {
  desktop = await startVirtualDesktop();
  bench = await OrderBench.start(undefined, desktop.env);
  await bench.client.request('prompt.detach', {});
  writeSettings(bench.home, { pinentry: 'on', 'pinentry-program': '/usr/bin/pinentry-gtk-2', language: 'sv' });
  clinic = await bench.add(await startRelyingServer({ name: 'clinic', launchers: ['page'] }));
  await bench.useCards('tolvan-sign');
});
afterAll(async () => {
  await bench.close();
  desktop.close();
});

async function startSignature(): Promise<PageOrder> {
  const digest = createHash('sha256').update('TEST').digest();
  const documents = [{ label: 'Intyg', digestAlgorithm: 'sha256', digest } as const];
  return await bench.startPage(clinic, 'sign', { signature: { visibleText, documents } });
}

it('a signature goes through the windows of the real pinentry on a desktop', async () => {
  const order = await startSignature();
  let pid: string | undefined;
  // Two pages of text: the first button of this program cancels, the last one goes on.
  for (const keys of [
    ['Tab', 'Return'],
    ['Tab', 'Tab', 'Return'],
    [...Array.from(sandboxSignaturePin), 'Return'],
  ]) {
    pid = await desktop.next('kort', pid);
    await delay(afterGlanceMs);
    for (const key of keys) await desktop.key(key);
  }
  const answer = await bench.collect(order);
  expect(answer).toMatchObject({ status: 'complete' });
  const signed = await verifySignatures(answer['signatures'] as readonly string[], {
    clientId: clinic.clientId,
    request: order.created.request,
    policy: bench.trust,
    consumeNonce: () => Promise.resolve(true),
  });
  expect(signed).toMatchObject({ subject: 'TSTNMT2321000156-1024', visibleText });
  await expect.poll(() => desktop.windows()).not.toContain('kort');
});

it('Enter alone agrees to no text in the window of pinentry-gtk-2: it cancels', async () => {
  const order = await startSignature();
  await desktop.next('kort');
  await delay(afterGlanceMs);
  await desktop.key('Return');
  expect(await bench.collect(order)).toMatchObject({ status: 'failed', hintCode: 'userCancel' });
  expect(await bench.tries()).toContainEqual(['signature', 3]);
});
