import { afterAll } from 'vitest';
import { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import { connectToVpcd } from '../../src/sandbox/hardware/vpcd-client.js';
import { createPcscTransport } from '../../src/transport/pcsc/pcsc-transport.js';
import { describeAllCards } from '../support/contract-stages.js';

// Runs inside scripts/isolated-pcscd, started by integration/pcsc-real-service.test.ts.
const port = Number((process.env['KORT_VPCD_PORTS'] ?? '').split(' ')[0]);
const endings: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of endings) await end();
});

describeAllCards('over pcscd and vpcd', async () => {
  const reader = 'Virtual PCD 0 00 00';
  const hardware = new VirtualHardware();
  const connection = connectToVpcd(hardware.addReader(reader), { host: '127.0.0.1', port });
  const transport = createPcscTransport();
  await transport.start();
  endings.push(
    () => transport.close(),
    () => connection.close(),
  );
  // pcscd looks for its cards every 0.4 s, and overlooks one that is back before it has looked.
  return { hardware, transport, reader, removalMs: 900 };
});
