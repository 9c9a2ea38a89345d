import { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import { connectToVpcd } from '../../src/sandbox/hardware/vpcd-client.js';
import { createPcscTransport } from '../../src/transport/pcsc/pcsc-transport.js';
import { describeReaderTransport } from '../contract/reader-transport.contract.js';
import { connectExclusively } from '../support/exclusive-client.js';

// Runs inside scripts/isolated-pcscd, started by integration/pcsc-real-service.test.ts.
const ports = (process.env['KORT_VPCD_PORTS'] ?? '').split(' ').map(Number);

describeReaderTransport('koffi over pcscd and vpcd', { hotPlug: false, seesEverySwap: false, muteCards: false }, () => {
  const hardware = new VirtualHardware();
  const connections = ports.map((port, index) => {
    const reader = hardware.addReader(`Virtual PCD ${Math.floor(index / 2)} 00 0${index % 2}`);
    return connectToVpcd(reader, { host: '127.0.0.1', port });
  });
  return Promise.resolve({
    hardware,
    createTransport: () => createPcscTransport(),
    holdExclusively: connectExclusively,
    stop() {
      for (const connection of connections) connection.close();
      return Promise.resolve();
    },
  });
});
