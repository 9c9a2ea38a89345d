import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { downloadSteps } from '../../src/model/download.js';
import { firstReader, openDownloadWorld, type DownloadWorld } from '../support/download-world.js';

/* The built daemon is killed as soon as its journal shows a step; cards and issuer live on in this process. */
let world: DownloadWorld;
const card = 'tolvan-ec';

beforeAll(async () => {
  world = await openDownloadWorld('dlkill', 21_990);
});
afterAll(async () => await world.close());

const usable = async (): Promise<string[]> => {
  const { certificates } = await world.client.request('certificate.list', {});
  return certificates.flatMap(({ isCa, usable: works, fingerprint }) => (isCa || !works ? [] : [fingerprint]));
};

describe('a daemon that is killed during a download', () => {
  it.each(downloadSteps)('at the step %s goes on after a restart, to exactly one certificate', async (step) => {
    await world.insert(card);
    const [old] = await usable();
    const { session, orderId } = await world.order(card, 'renewal');
    const begun = await world.begin({ work: 'download', session: session.session, orderId });
    world.world.hardware.armFault(firstReader, { kind: 'delay', perCommandMs: 15, perByteMs: 0, perSignatureMs: 0 });
    const run = world.run(begun).catch((error: unknown) => error);
    const child = world.daemon.process;
    const exited = once(child, 'exit');
    while (world.journal()[0]?.step !== step) await delay(2);
    child.kill('SIGKILL');
    await exited;
    await run;
    expect(world.journal()).toMatchObject([{ step }]);
    world.world.hardware.clearFaults(firstReader);

    await world.start();
    await world.insert(card);
    // Nothing had begun: it is forgotten, and the order still waits.
    if (step === 'planned') {
      expect(world.journal()).toEqual([]);
      expect(await usable()).toEqual([old]);
      const again = await world.client.request('issuer.signIn', {}, { timeoutMs: 60_000 });
      await world.run(await world.begin({ work: 'download', session: again.session, orderId }));
    } else {
      const { unfinishedDownloads } = await world.client.request('daemon.status', {});
      expect(unfinishedDownloads).toBe(1);
      expect(world.daemon.log()).toContain('A download is unfinished');
      if (step !== 'stored') await expect.poll(usable).toContain(old);
      const outcome = await world.resume();
      expect(outcome.problem).toBeUndefined();
    }
    expect(world.journal()).toEqual([]);
    await expect.poll(usable).toHaveLength(1);
    expect(await usable()).not.toContain(old);
    expect(world.issuer.waiting.some(({ order }) => order.id === orderId)).toBe(false);
  });
});
