import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/core/ports.js';
import { createSandboxCa, exportSandboxCa } from '../../src/sandbox/ca/sandbox-ca.js';
import { fileCardStore } from '../../src/sandbox/virtual-card/file-card-store.js';
import { startIsolatedPcscd, type IsolatedPcscd } from '../support/isolated-pcscd.js';
import { addPersonCard } from '../support/virtual-readers.js';

const folder = mkdtempSync(join(tmpdir(), 'kort-pcscd-'));
const caPath = join(folder, 'ca.json');
const support = (name: string): string => fileURLToPath(new URL(`../support/${name}`, import.meta.url));
const pins = { tolvan: '583017', tretton: '902846' } as const;
let pcscd: IsolatedPcscd;

beforeAll(async () => {
  const ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
  writeFileSync(caPath, JSON.stringify(exportSandboxCa(ca)));
  pcscd = await startIsolatedPcscd();
  for (const name of ['tolvan', 'tretton'] as const) {
    const { store } = await addPersonCard(undefined, ca, name, { pin: pins[name] });
    fileCardStore(join(folder, name)).save(store.load());
    await pcscd.addCard(name, join(folder, name));
  }
});

afterAll(async () => {
  await pcscd.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function loginInside(pin: string, level: string): Promise<unknown> {
  const loader = support('typescript-loader.mjs');
  const result = await pcscd.run(process.execPath, [
    '--import',
    loader,
    support('login-inside.ts'),
    caPath,
    pin,
    level,
  ]);
  if (result.code !== 0) throw new Error(result.stderr);
  return JSON.parse(result.stdout);
}

it('the same login works over the real pcscd and vpcd, in either of two readers', async () => {
  await pcscd.insert(pcscd.readers[0]!, 'tolvan');
  await pcscd.insert(pcscd.readers[1]!, 'tretton');
  await expect.poll(async () => (await pcscd.state()).connected).toEqual([true, true]);
  expect(await loginInside(pins.tolvan, '3')).toMatchObject({
    subject: 'TSTNMT2321000156-1024',
    level: 'http://id.sambi.se/loa/loa3',
    service: 'available',
    event: { outcome: 'complete', apduCount: 7 },
  });
  expect(await loginInside(pins.tretton, '2')).toMatchObject({ subject: 'TSTNMT2321000156-1025' });
});
