import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/core/ports.js';
import { parseCertificate } from '../../src/pki/certificate.js';
import { createNativeDriver } from '../../src/tokens/native-driver.js';
import { canSign } from '../../src/tokens/token.js';
import { allFamilies } from '../support/contract-cards.js';
import { kortProgram, PrivateHome, startDaemon, type RunningDaemon } from '../support/daemon.js';
import { memoryRetryCounters, recordingHistory } from '../support/recording-history.js';
import { recordingLogger } from '../support/recording-logger.js';
import { scriptedChannel, scriptOf } from '../support/scripted-channel.js';
import { secretOf } from '../support/token-bench.js';

const pin = '123456';
const reader = 'Sandbox Reader 2';
let home: PrivateHome;
let daemon: RunningDaemon;
beforeAll(async () => {
  home = new PrivateHome();
  daemon = await startDaemon(home, 'sandbox', ['--sandbox', '--port', '0']);
});
afterAll(async () => {
  await daemon.stop();
  home.remove();
});

it.each([
  ['tolvan-500', 'IDPrime MD 840', '3b7f96000080318065b0850300ef120ffe829000', 'T=0'],
  ['tolvan-piv', 'YubiKey', '3bfd1300008131fe158073c021c057597562694b657940', 'T=1'],
  ['tolvan-pkcs15', 'MyEID', '3bf91800008131fe45543530304d79454944c5', 'T=1'],
] as const)(
  'a recording of %s holds no code, and is a regression test by itself',
  async (card, product, atr, protocol) => {
    const path = join(home.folder, `${card}.trace`);
    const recorder = spawn(
      '/bin/sh',
      [
        '-c',
        `exec "$0" "$@" > "${path}"`,
        process.execPath,
        kortProgram,
        '--instance',
        'sandbox',
        'trace',
        '--reader',
        reader,
      ],
      {
        env: home.env,
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    home.processes.add(recorder);
    await once(recorder.stderr, 'data');
    await daemon.client.request('sandbox.insert', { card, reader });
    await ready(product);
    const begun = await daemon.client.request('pin.begin', { operation: 'verify', card: reader });
    await daemon.client.sendPin(begun.tickets.current ?? '', secretOf(pin), { lastTryConsent: false });
    await daemon.client.request('pin.run', { operationId: begun.operationId, lastTryConsent: false });
    await daemon.client.request('sandbox.remove', { reader });
    recorder.kill('SIGINT');
    expect((await once(recorder, 'exit'))[0]).toBe(0);

    const text = readFileSync(path, 'utf8');
    expect(text).toContain(`# reader ${reader}, answer to reset ${atr.slice(0, 20)}`);
    expect(text).toMatch(/^> 00200080|^> 00200011|^> 00200001/m);
    expect(text.includes(Buffer.from(pin).toString('hex'))).toBe(false);
    expect(text).toMatch(/^> 002000..\.\.\*$/m);

    const channel = scriptedChannel(scriptOf(text), { atr: Buffer.from(atr, 'hex'), protocol });
    const driver = createNativeDriver({
      families: allFamilies(),
      parseCertificate,
      history: recordingHistory(),
      memory: memoryRetryCounters(),
      clock: systemClock,
      logger: recordingLogger(),
    });
    const recognized = await driver.recognize(channel, {
      signal: new AbortController().signal,
      isInserted: () => true,
      onRetryCounters: () => undefined,
      onCertificates: () => undefined,
    });
    expect(recognized?.token.info.product).toContain(product);
    expect(recognized?.certificates.length).toBeGreaterThan(0);
    expect(recognized !== undefined && canSign(recognized.token)).toBe(true);
  },
);

async function ready(product: string): Promise<void> {
  await expect
    .poll(async () => {
      const { readers } = await daemon.client.request('status.get', {});
      return readers.find(({ name }) => name === reader)?.token?.product ?? '';
    })
    .toContain(product);
}
