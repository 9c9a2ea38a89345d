import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../src/core/bytes.js';
import type { Fault } from '../../src/sandbox/hardware/fault.js';
import { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import {
  startVirtualPcscService,
  type VirtualPcscService,
} from '../../src/sandbox/pcsc-service/virtual-pcsc-service.js';
import type { ReaderTransport } from '../../src/transport/card-channel.js';
import { createPcscTransport } from '../../src/transport/pcsc/pcsc-transport.js';
import { createSimulatorTransport } from '../../src/transport/simulator/simulator-transport.js';
import { readerWhere } from '../support/reader-bench.js';
import { createStrictCard, strictCommands } from '../support/strict-card.js';

const reader = 'Reader A 00 00';
const folder = mkdtempSync(join(tmpdir(), 'kort-pcsc-'));
const socketPath = join(folder, 'pcscd.comm');
// libpcsclite reads this once, at its first use in the process.
process.env['PCSCLITE_CSOCK_NAME'] = socketPath;

let hardware: VirtualHardware;
let service: VirtualPcscService;
beforeAll(async () => {
  hardware = new VirtualHardware();
  hardware.addReader(reader);
  hardware.addCard('card', createStrictCard());
  hardware.insert(reader, 'card');
  service = await startVirtualPcscService({ socketPath, readers: hardware });
});
afterAll(async () => {
  await service.close();
  rmSync(folder, { recursive: true });
});

const ways: readonly (readonly [string, () => ReaderTransport])[] = [
  ['in this process', () => createSimulatorTransport(hardware)],
  ['over libpcsclite and the virtual PC/SC service', () => createPcscTransport()],
];

describe.each(ways)('faults of a virtual reader %s', (_, create) => {
  it.each<readonly [Fault, string]>([
    [{ kind: 'reset', apdu: 2 }, 'ERR_PCSC_CARD_RESET'],
    [{ kind: 'short-answer', apdu: 2, length: 0 }, ''],
    [{ kind: 'short-answer', apdu: 2, length: 1 }, '00'],
    [{ kind: 'status-word-after', apdu: 2, statusWord: '6f00' }, '006f00'],
  ])('%j comes as %s', async (fault, expected) => {
    const transport = create();
    await transport.start();
    await readerWhere(transport, reader, ({ card }) => card === 'present');
    const channel = await transport.connect(reader);
    hardware.armFault(reader, fault);
    const outcome = await channel
      .transaction(async (card) => {
        await card.transmit(strictCommands.isVerified);
        return toHex(await card.transmit(strictCommands.isVerified));
      })
      .catch((error: unknown) => (error as { code: string }).code);
    expect(outcome).toBe(expected);
    const after = await channel.transaction(async (card) => toHex(await card.transmit(strictCommands.isVerified)));
    expect(after).toBe('009000');
    await channel.close();
    await transport.close();
  });

  it.each([0, 1] as const)('a card whose answer to VERIFY has %i bytes is reset when asked', async (length) => {
    const transport = create();
    await transport.start();
    await readerWhere(transport, reader, ({ card }) => card === 'present');
    const channel = await transport.connect(reader);
    hardware.armFault(reader, { kind: 'short-answer', apdu: 1, length });
    const verify = channel.transaction((card) => card.transmit(strictCommands.verify), { endWith: 'reset' });
    expect(await verify).toHaveLength(length);
    const after = await channel.transaction(async (card) => toHex(await card.transmit(strictCommands.isVerified)));
    expect(after).toBe('009000');
    await channel.close();
    await transport.close();
  });
});
