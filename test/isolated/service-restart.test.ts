import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import { connectToVpcd } from '../../src/sandbox/hardware/vpcd-client.js';
import { createPcscTransport } from '../../src/transport/pcsc/pcsc-transport.js';
import { readerWhere, snapshotWhere } from '../support/reader-bench.js';
import { createStrictCard, strictCommands } from '../support/strict-card.js';

it('a restarted pcscd is found again with its card', async () => {
  const [port = 0] = (process.env['KORT_VPCD_PORTS'] ?? '').split(' ').map(Number);
  const name = 'Virtual PCD 0 00 00';
  const hardware = new VirtualHardware();
  const vpcd = connectToVpcd(hardware.addReader(name), { host: '127.0.0.1', port });
  hardware.addCard('card', createStrictCard());
  hardware.insert(name, 'card');
  const transport = createPcscTransport();
  await transport.start();
  const { insertion } = await readerWhere(transport, name, (state) => state.card === 'present');
  const channel = await transport.connect(name);

  process.kill(Number(readFileSync('/run/pcscd/pcscd.pid', 'latin1').replaceAll('\0', '')));
  await snapshotWhere(transport, ({ service }) => service === 'absent');
  const lost: unknown = await channel
    .transaction((card) => card.transmit(strictCommands.isVerified))
    .catch((error: unknown) => error);
  expect(lost).toMatchObject({ code: 'ERR_PCSC_SERVICE_ABSENT' });

  await promisify(execFile)(process.env['KORT_START_PCSCD'] ?? '');
  const found = await readerWhere(transport, name, (state) => state.card === 'present');
  expect(found.insertion).toBeGreaterThan(insertion);
  const again = await transport.connect(name);
  await expect(again.transaction((card) => card.transmit(strictCommands.isVerified))).resolves.toHaveLength(3);
  await transport.close();
  vpcd.close();
});
