import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import {
  startVirtualPcscService,
  type VirtualPcscService,
} from '../../src/sandbox/pcsc-service/virtual-pcsc-service.js';
import type { CardTransmitter, ReaderTransport } from '../../src/transport/card-channel.js';
import { createPcscTransport } from '../../src/transport/pcsc/pcsc-transport.js';
import { linuxSystem } from '../../src/transport/pcsc/system-linux.js';
import { connectSimulated } from '../../src/transport/simulator/simulated-connection.js';
import { readerWhere, snapshotWhere } from '../support/reader-bench.js';
import { createStrictCard, strictCommands } from '../support/strict-card.js';

const folder = mkdtempSync(join(tmpdir(), 'kort-pcsc-'));
const socketPath = join(folder, 'pcscd.comm');
// libpcsclite reads this once, at its first use in the process.
process.env['PCSCLITE_CSOCK_NAME'] = socketPath;
afterAll(() => rmSync(folder, { recursive: true }));

const name = 'Reader A 00 00';
const code = (expected: string): unknown => expect.objectContaining({ code: expected });
const read = (card: CardTransmitter): Promise<Uint8Array> => card.transmit(strictCommands.isVerified);

let hardware: VirtualHardware;
let services: VirtualPcscService[];
let transport: ReaderTransport;

const startService = async (): Promise<VirtualPcscService> => {
  const service = await startVirtualPcscService({ socketPath, readers: hardware });
  services.push(service);
  return service;
};
const available = (): Promise<unknown> =>
  readerWhere(transport, name, (state) => state.card === 'present' && state.atr.length > 0);

beforeEach(() => {
  hardware = new VirtualHardware();
  hardware.addReader(name);
  hardware.addCard('card', createStrictCard());
  hardware.insert(name, 'card');
  services = [];
  transport = createPcscTransport();
});
afterEach(async () => {
  for (const reader of hardware.readers) reader.remove();
  await transport.close();
  for (const service of services) await service.close();
});

describe('service', () => {
  it('absent is said at once, and found when it comes', async () => {
    await transport.start();
    expect(transport.monitor.snapshot).toEqual({ service: 'absent', readers: [] });
    await expect(transport.connect(name)).rejects.toEqual(code('ERR_PCSC_SERVICE_ABSENT'));
    await startService();
    await available();
    await expect((await transport.connect(name)).transaction(read)).resolves.toHaveLength(3);
  });

  it('that goes ends channels with ERR_PCSC_SERVICE_ABSENT; readers return with it', async () => {
    const service = await startService();
    await transport.start();
    const { insertion } = await readerWhere(transport, name, (state) => state.card === 'present');
    const channel = await transport.connect(name);
    await service.close();
    await snapshotWhere(transport, (snapshot) => snapshot.service === 'absent');
    await expect(channel.transaction(read)).rejects.toEqual(code('ERR_PCSC_SERVICE_ABSENT'));
    await startService();
    await available();
    await expect(channel.transaction(read)).rejects.toEqual(code('ERR_PCSC_SERVICE_ABSENT'));
    await channel.close();
    await expect((await transport.connect(name)).transaction(read)).resolves.toHaveLength(3);
    // Nobody saw whether the card was swapped meanwhile.
    await readerWhere(transport, name, (state) => state.insertion > insertion);
  });

  it('that goes in the middle of a command ends it', async () => {
    const service = await startService();
    await transport.start();
    const channel = await transport.connect(name);
    hardware.armFault(name, { kind: 'silence', apdu: 1 });
    const run = channel.transaction(async (card) => {
      setTimeout(() => void service.close(), 50);
      await read(card);
    });
    await expect(run).rejects.toEqual(code('ERR_PCSC_SERVICE_ABSENT'));
  });

  it('library that is not installed is reported, without a crash', async () => {
    const missing = createPcscTransport({ ...linuxSystem, libraries: ['libnot-installed.so.1'] });
    await missing.start();
    expect(missing.monitor.snapshot.service).toBe('missing');
    await expect(missing.connect(name)).rejects.toEqual(code('ERR_PCSC_LIBRARY_MISSING'));
    expect(await missing.close()).toBe(true);
  });
});

describe('other programs', () => {
  it('are seen in the sharing of a reader; our own connections are not', async () => {
    await startService();
    const program = createPcscTransport();
    const theirs = await program.connect(name);
    // pcsc-lite reports that a card comes into use only together with something else, its end at once.
    await transport.start();
    expect(transport.monitor.snapshot.readers).toMatchObject([{ sharing: 'shared' }]);
    await theirs.close();
    await readerWhere(transport, name, (state) => state.sharing === 'unused');
    await transport.connect(name);
    hardware.addReader('Reader B 01 00');
    await snapshotWhere(transport, ({ readers }) => readers.length === 2);
    expect(transport.monitor.snapshot.readers).toMatchObject([{ sharing: 'unused' }, { sharing: 'unused' }]);
    await program.close();
  });

  it('that keep the card while connecting cost ERR_CARD_BUSY at most, and one thread', async () => {
    await startService();
    await transport.start();
    const reader = hardware.reader(name);
    const channels = await Promise.all([1, 2, 3].map(() => transport.connect(name)));
    const foreign = await connectSimulated(reader, { sharing: 'shared', isPlugged: () => true });
    await foreign.begin();
    const waiting = channels.flatMap((channel) => [1, 2, 3, 4].map(() => channel.transaction(read, { waitMs: 100 })));
    for (const result of await Promise.allSettled(waiting)) {
      expect(result).toMatchObject({ status: 'rejected', reason: code('ERR_CARD_BUSY') });
    }
    await foreign.disconnect('leave');
    await expect(channels[2]!.transaction(read)).resolves.toHaveLength(3);
  });
});

describe('close()', () => {
  it('does not hang on a silent card, and says that something is left', async () => {
    await startService();
    await transport.start();
    const channel = await transport.connect(name);
    hardware.armFault(name, { kind: 'silence', apdu: 1 });
    const run = channel.transaction((card) => card.transmit(strictCommands.isVerified, { timeoutMs: 50 }));
    await expect(run).rejects.toEqual(code('ERR_CARD_UNRESPONSIVE'));
    expect(await transport.close()).toBe(false);
    hardware.remove(name);
    expect(await transport.close()).toBe(true);
  });

  it('ends a watch that looks for the service', async () => {
    await transport.start();
    expect(await transport.close()).toBe(true);
  });
});
