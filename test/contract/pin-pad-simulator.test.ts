import { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import { createSimulatorTransport } from '../../src/transport/simulator/simulator-transport.js';
import { describePinPad } from './pin-pad.contract.js';

describePinPad('the simulator in this process', () => {
  const hardware = new VirtualHardware();
  return Promise.resolve({
    hardware,
    createTransport: () => createSimulatorTransport(hardware),
    holdExclusively: () => Promise.reject(new Error('not needed here')),
    stop: () => Promise.resolve(),
  });
});
