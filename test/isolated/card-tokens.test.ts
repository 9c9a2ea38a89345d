import { afterAll } from 'vitest';
import { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import { connectToVpcd } from '../../src/sandbox/hardware/vpcd-client.js';
import { createPcscTransport } from '../../src/transport/pcsc/pcsc-transport.js';
import { contractCardKinds } from '../support/contract-cards.js';
import { describeAllCards } from '../support/contract-stages.js';

// Runs inside scripts/isolated-pcscd, started by integration/pcsc-real-service.test.ts.
const ports = (process.env['KORT_VPCD_PORTS'] ?? '').split(' ').map(Number);
const endings: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of endings) await end();
});

/** Without those that differ from another of their family in names and lengths only. */
const kinds = contractCardKinds.filter(({ name }) => !/md830|etoken|hist/.test(name));

describeAllCards(
  'over pcscd and vpcd',
  async () => {
    const hardware = new VirtualHardware();
    for (const [index, port] of ports.entries()) {
      const reader = hardware.addReader(`Virtual PCD ${Math.floor(index / 2)} 00 0${index % 2}`);
      const connection = connectToVpcd(reader, { host: '127.0.0.1', port });
      endings.push(() => connection.close());
    }
    const transport = createPcscTransport();
    await transport.start();
    endings.push(() => transport.close());
    // pcscd looks for its cards every 0.4 s, and overlooks one that is back before it has looked.
    return { hardware, transport, readers: hardware.readers.map(({ name }) => name), removalMs: 900 };
  },
  kinds,
);
