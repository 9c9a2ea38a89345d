import { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import { connectSimulated } from '../../src/transport/simulator/simulated-connection.js';
import { createSimulatorTransport } from '../../src/transport/simulator/simulator-transport.js';
import { describeReaderTransport } from './reader-transport.contract.js';

describeReaderTransport('simulator in this process', { hotPlug: true, seesEverySwap: true, muteCards: true }, () => {
  const hardware = new VirtualHardware();
  hardware.addReader('Reader A 00 00');
  hardware.addReader('Reader B 01 00');
  return Promise.resolve({
    hardware,
    createTransport: () => createSimulatorTransport(hardware),
    async holdExclusively(name) {
      const held = await connectSimulated(hardware.reader(name), { sharing: 'exclusive', isPlugged: () => true });
      return () => held.disconnect('leave');
    },
    stop: () => Promise.resolve(),
  });
});
