import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import { startVirtualPcscService } from '../../src/sandbox/pcsc-service/virtual-pcsc-service.js';
import { createPcscTransport } from '../../src/transport/pcsc/pcsc-transport.js';
import { connectExclusively } from '../support/exclusive-client.js';
import { describePinPad } from './pin-pad.contract.js';

const folder = mkdtempSync(join(tmpdir(), 'kort-pad-'));
const socketPath = join(folder, 'pcscd.comm');
// libpcsclite reads this once, at its first use in the process.
process.env['PCSCLITE_CSOCK_NAME'] = socketPath;
afterAll(() => rmSync(folder, { recursive: true }));

describePinPad('koffi and the virtual PC/SC service', async () => {
  const hardware = new VirtualHardware();
  const service = await startVirtualPcscService({ socketPath, readers: hardware });
  return {
    hardware,
    createTransport: () => createPcscTransport(),
    holdExclusively: connectExclusively,
    stop: () => service.close(),
  };
});
