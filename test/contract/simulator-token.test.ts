import { fromHex } from '../../src/core/bytes.js';
import { createTokenBench } from '../support/token-bench.js';
import { pinBlock, SELECT_APPLET, testPin, testSignaturePin } from '../support/virtual-card-fixture.js';
import { describeSigningToken } from './token.contract.js';

describeSigningToken('a virtual 940 in the simulator', async () => {
  const bench = await createTokenBench();
  const card = bench.insertNew('Reader');
  const token = await bench.token('Reader');
  const pinOf = (reference: number): string => (reference === 0x11 ? testPin : testSignaturePin);
  /** Another program: a transaction of its own, ended without a reset. */
  const foreign = async (reference: number, pin: string): Promise<void> => {
    const channel = await bench.transport.connect('Reader');
    await channel.transaction(async (transmitter) => {
      await transmitter.transmit(fromHex(SELECT_APPLET));
      const p2 = reference.toString(16);
      await transmitter.transmit(fromHex(`002000${p2}10${pinBlock(pin)}`));
    });
    await channel.close();
  };
  return {
    token,
    pin: pinOf,
    attempts: (reference) => card.state().pins.find((pin) => pin.reference === reference)!.triesLeft,
    foreignWrongTry: (reference) => foreign(reference, '999999'),
    foreignVerify: (reference) => foreign(reference, pinOf(reference)),
    pull: () => void bench.hardware.remove('Reader'),
    close: () => bench.close(),
  };
});
