import { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import { createSimulatorTransport } from '../../src/transport/simulator/simulator-transport.js';
import { describeAllCards } from '../support/contract-stages.js';

describeAllCards('in this process', async () => {
  const hardware = new VirtualHardware();
  hardware.addReader('Reader');
  const transport = createSimulatorTransport(hardware);
  await transport.start();
  return { hardware, transport, readers: ['Reader'] };
});
