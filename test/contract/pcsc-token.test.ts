import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import { startVirtualPcscService } from '../../src/sandbox/pcsc-service/virtual-pcsc-service.js';
import { createPcscTransport } from '../../src/transport/pcsc/pcsc-transport.js';
import { describeAllCards } from '../support/contract-stages.js';

const folder = mkdtempSync(join(tmpdir(), 'kort-pcsc-'));
const socketPath = join(folder, 'pcscd.comm');
// libpcsclite reads this once, at its first use in the process.
process.env['PCSCLITE_CSOCK_NAME'] = socketPath;
const endings: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const end of endings) await end();
  rmSync(folder, { recursive: true });
});

describeAllCards('over the virtual PC/SC service', async () => {
  const hardware = new VirtualHardware();
  hardware.addReader('Reader A 00 00');
  const service = await startVirtualPcscService({ socketPath, readers: hardware });
  const transport = createPcscTransport();
  await transport.start();
  endings.push(
    () => transport.close(),
    () => service.close(),
  );
  return { hardware, transport, readers: ['Reader A 00 00'] };
});
