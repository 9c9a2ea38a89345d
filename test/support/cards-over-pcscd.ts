import { afterAll } from 'vitest';
import { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import { connectToVpcd } from '../../src/sandbox/hardware/vpcd-client.js';
import { createPcscTransport } from '../../src/transport/pcsc/pcsc-transport.js';
import { contractCardKinds, type ContractCardKind } from './contract-cards.js';
import { describeAllCards } from './contract-stages.js';

/** Runs the contract over those kinds of cards, inside scripts/isolated-pcscd: most of its time is pcscd's, who looks for cards. */
export function describeCardsOverPcscd(isMeant: (kind: ContractCardKind) => boolean): void {
  const ports = (process.env['KORT_VPCD_PORTS'] ?? '').split(' ').map(Number);
  const endings: (() => unknown)[] = [];
  afterAll(async () => {
    for (const end of endings) await end();
  });
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
      return { hardware, transport, readers: hardware.readers.map(({ name }) => name) };
    },
    // Without those that differ from another of their family in names and lengths only.
    contractCardKinds.filter((kind) => !/md830|etoken|hist/.test(kind.name) && isMeant(kind)),
  );
}
