import { expect, it } from 'vitest';
import { systemClock } from '../../src/core/ports.js';
import { parseCertificate } from '../../src/pki/certificate.js';
import { createIdPrimeFamily } from '../../src/cards/idprime/idprime-family.js';
import { createNativeDriver } from '../../src/tokens/native-driver.js';
import { createTokenRegistry } from '../../src/tokens/token-registry.js';
import { createPcscTransport } from '../../src/transport/pcsc/pcsc-transport.js';
import { recordingHistory } from '../support/recording-history.js';
import { recordingLogger } from '../support/recording-logger.js';

/*
 * With a real reader and card, by its serial number: KORT_HARDWARE_SERIAL=... npm run test:hardware
 * Reads only: no PIN is sent, no try is spent, nothing is written.
 */
it('reads certificates and retry counters of the card with KORT_HARDWARE_SERIAL, spending nothing', async () => {
  const serial = process.env['KORT_HARDWARE_SERIAL'];
  expect(serial, 'KORT_HARDWARE_SERIAL names the card').toBeDefined();
  const history = recordingHistory();
  const logger = recordingLogger();
  const transport = createPcscTransport();
  const driver = createNativeDriver({
    families: [createIdPrimeFamily()],
    parseCertificate,
    history,
    memory: forgetful,
    clock: systemClock,
    logger,
  });
  const tokens = createTokenRegistry({ transport, drivers: [driver], history, logger });
  await transport.start();
  try {
    await expect.poll(() => tokens.findToken(`card:${serial}`), { timeout: 15_000 }).toBeDefined();
    const token = tokens.findToken(`card:${serial}`)!;
    expect(await token.certificates()).not.toEqual([]);
    expect(await token.retryCounters()).not.toEqual([]);
    expect(history.events.filter(({ kind }) => kind === 'pin-try')).toEqual([]);
  } finally {
    await tokens.close();
    await transport.close();
  }
});

const forgetful = { recall: () => undefined, remember: () => Promise.resolve() };
