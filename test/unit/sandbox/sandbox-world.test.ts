import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sandboxMethods } from '../../../src/app/sandbox-methods.js';
import type { SandboxReport } from '../../../src/control-contract/sandbox.js';
import { systemClock } from '../../../src/core/ports.js';
import { openSandboxWorld, type SandboxWorld } from '../../../src/sandbox/sandbox-world.js';

const reader = 'Sandbox Reader 1';
const selectApplet = '00a4040c0ba000000018800000000662';

let made: string;
let folder: string;
let world: SandboxWorld;
// Keys take long to make: once for all.
beforeAll(async () => {
  made = mkdtempSync(join(tmpdir(), 'kort-world-'));
  await openSandboxWorld(made, systemClock);
});
afterAll(() => rmSync(made, { recursive: true, force: true }));
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kort-world-'));
  cpSync(made, folder, { recursive: true });
  world = await openSandboxWorld(folder, systemClock);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function send(hex: string): Promise<string> {
  const answer = await world.hardware.reader(reader).transmit(new Uint8Array(Buffer.from(hex, 'hex')));
  return Buffer.from(answer).toString('hex');
}

const verify = (pin: string): string => `0020001110${Buffer.from(pin).toString('hex').padEnd(32, '0')}`;

describe('openSandboxWorld()', () => {
  it('keeps a blocked PIN over a restart, until reset makes all cards as new', async () => {
    await send(selectApplet);
    for (let tries = 0; tries < 5; tries += 1) await send(verify('999999'));
    expect(await send(verify('123456'))).toBe('6983');
    world = await openSandboxWorld(folder, systemClock);
    await send(selectApplet);
    expect(await send(verify('123456'))).toBe('6983');
    world.reset();
    await send(selectApplet);
    expect(await send(verify('123456'))).toBe('9000');
    world = await openSandboxWorld(folder, systemClock);
    await send(selectApplet);
    expect(await send(verify('123456'))).toBe('9000');
  });

  it('offers cards of every kind, and three that refuse to be written to', async () => {
    const names = world.hardware.state().cards.map(({ name }) => name);
    expect(names.slice(0, 3)).toEqual(['tolvan', 'tretton', 'tolvan-ec']);
    const atrOf = (name: string): string | undefined => {
      world.hardware.insert(reader, name);
      return world.hardware.state().readers[0]!.atr;
    };
    expect(atrOf('tolvan-500')).toBe('3b7f96000080318065b0850300ef120ffe829000');
    expect(atrOf('tolvan-pkcs15')).toMatch(/4d79454944..$/);
    expect(atrOf('tolvan-piv')).toContain(Buffer.from('YubiKey').toString('hex'));
    const create = '00e000000d620b8002001082010183020300';
    const generate = '0047000008ac068001118401fa';
    const refusals = { full: [create, '6a84'], 'no-container': [generate, '6a84'], 'read-only': [create, '6982'] };
    for (const [name, [command, statusWord]] of Object.entries(refusals)) {
      world.hardware.insert(reader, name);
      await send(selectApplet);
      expect(await send(verify('123456')), name).toBe('9000');
      expect(await send(command!), name).toBe(statusWord);
    }
  });

  it.each([
    ['tolvan-pkcs15', '00a4040c0ca000000063504b43532d3135', '01', (pin: string) => `08${pin.padEnd(16, 'f')}`],
    ['tolvan-isoapplet', '00a404000cf276a288bcfba69d34f31001', '01', (pin: string) => `10${pin.padEnd(32, '0')}`],
    ['tolvan-piv', '00a4040005a000000308', '80', (pin: string) => `08${pin.padEnd(16, 'f')}`],
    ['tolvan-sign', selectApplet, '83', (pin: string) => `10${pin.padEnd(32, '0')}`, '654321'],
    [
      'tolvan-pkcs15-sign',
      '00a4040c0ca000000063504b43532d3135',
      '02',
      (pin: string) => `08${pin.padEnd(16, 'f')}`,
      '654321',
    ],
  ])('reset() gives %s its codes back too', async (card, select, reference, block, pin = '123456') => {
    const verifyPadded = (pin: string): string => `002000${reference}${block(Buffer.from(pin).toString('hex'))}`;
    world.hardware.insert(reader, card);
    await send(select);
    let answer = '';
    for (let tries = 0; tries < 16 && answer !== '6983'; tries += 1) answer = await send(verifyPadded('999999'));
    expect(await send(verifyPadded(pin))).toBe('6983');
    world.reset();
    await send(select);
    expect(await send(verifyPadded(pin))).toBe('9000');
  });

  it('reset() pulls the cards and puts them back, and clears faults', () => {
    const { hardware } = world;
    hardware.armFault(reader, { kind: 'silence', apdu: 1 });
    const before = hardware.reader(reader).eventCounter;
    world.reset();
    expect(hardware.state().readers[0]).toMatchObject({ card: 'tolvan', faults: [] });
    expect(hardware.reader(reader).eventCounter).toBe(before + 2);
  });
});

describe('the issuer of a sandbox', () => {
  let opened: SandboxWorld[];
  const openWithIssuer = async (): Promise<SandboxWorld> => {
    const port = 25_000 + Math.floor(Math.random() * 1000);
    const again = await openSandboxWorld(folder, systemClock, { issuer: port });
    opened.push(again);
    return again;
  };
  beforeEach(() => void (opened = []));
  afterEach(async () => {
    for (const one of opened) await one.issuer!.close();
  });
  const kindsOf = ({ issuer }: SandboxWorld): string[] =>
    issuer!.waiting.map(({ card, order }) => `${card} ${order.kind}`);
  const firstOrders = [
    'tolvan extra',
    'tolvan renewal',
    'tretton extra',
    'tretton renewal',
    'tretton reserve-extension',
  ];

  it('has orders from the start, keeps them and its port over a restart, and begins anew with reset()', async () => {
    const first = await openWithIssuer();
    expect(kindsOf(first)).toEqual(firstOrders);
    first.issuer!.order('tolvan-piv', 'renewal');
    await first.issuer!.close();
    const second = await openWithIssuer();
    expect(second.issuer).toMatchObject({ url: first.issuer!.url, isServed: true });
    expect(kindsOf(second)).toEqual([...firstOrders, 'tolvan-piv renewal']);
    second.reset();
    expect(kindsOf(second)).toEqual(firstOrders);
    expect(second.issuer!.waiting).not.toEqual(first.issuer!.waiting);
  });

  it('is not served where another program holds its port', async () => {
    const first = await openWithIssuer();
    const second = await openWithIssuer();
    expect(second.issuer).toMatchObject({ url: first.issuer!.url, isServed: false });
  });

  it('renews no card of which an earlier version recorded no certificates', async () => {
    const path = join(folder, 'revocation.json');
    const book = JSON.parse(readFileSync(path, 'utf8')) as { certificates: { certificate?: string }[] };
    for (const one of book.certificates) delete one.certificate;
    writeFileSync(path, JSON.stringify(book));
    const older = await openWithIssuer();
    expect(kindsOf(older)).toEqual(firstOrders.filter((name) => !name.endsWith('renewal')));
    expect(() => older.issuer!.order('tolvan', 'renewal')).toThrow(
      expect.objectContaining({ code: 'ERR_SANDBOX_NOT_RECORDED' }),
    );
  });
});

describe('sandboxMethods()', () => {
  const call = async (method: 'sandbox.insert' | 'sandbox.remove' | 'sandbox.addReader', params: object) => {
    const handlers = sandboxMethods({ ...world, files: {} });
    const handler = handlers[method] as (given: object) => Promise<SandboxReport> | SandboxReport;
    return await handler(params);
  };

  it('sandbox.remove takes the name of a card too, but a reader of that name first', async () => {
    world.hardware.addReader('tretton');
    world.hardware.insert('tretton', 'tolvan');
    world.hardware.insert(reader, 'tretton');
    await call('sandbox.remove', { reader: 'tretton' });
    const inserted = world.hardware.state().cards.filter((card) => card.reader !== undefined);
    expect(inserted).toEqual([{ name: 'tretton', reader }]);
    await expect(call('sandbox.remove', { reader: 'tolvan' })).rejects.toMatchObject({ code: 'ERR_CARD_ABSENT' });
    await expect(call('sandbox.remove', { reader: 'nobody' })).rejects.toMatchObject({ code: 'ERR_SANDBOX_UNKNOWN' });
  });

  it('sandbox.insert tells where the card was', async () => {
    expect((await call('sandbox.insert', { card: 'tolvan' })).movedFrom).toBe(reader);
    expect((await call('sandbox.insert', { card: 'tretton' })).movedFrom).toBeUndefined();
  });

  it('sandbox.addReader gives the reason when a name will not do', async () => {
    const refused = async (name: string) =>
      await expect(call('sandbox.addReader', { name })).rejects.toMatchObject({
        code: 'ERR_USAGE',
        fields: { reason: reasonOf[name] ?? 'readerNameUnfit' },
      });
    const reasonOf: Readonly<Record<string, string>> = { [reader]: 'readerNameTaken', R17: 'readersTooMany' };
    for (const name of [reader, 'x'.repeat(128), 'a\u0000b', 'a\u001b[2Jb']) await refused(name);
    for (let number = 3; number <= 16; number += 1) await call('sandbox.addReader', { name: `R${number}` });
    await refused('R17');
    expect(world.hardware.readers).toHaveLength(16);
  });

  it('sandbox.addReader plugs in a reader that takes extended length', async () => {
    await call('sandbox.addReader', { name: 'Long', extendedLength: true });
    const featuresOf = async (name: string) => {
      const simulated = world.hardware.reader(name);
      const control = async (code: number) => {
        const answer = await simulated.control(0x42000000 + code, new Uint8Array());
        return typeof answer === 'string' ? answer : Buffer.from(answer).toString('hex');
      };
      return [await control(3400), await control(0x330012), await control(0x330006)];
    };
    // PC/SC part 10: feature 12 with its control code; property A, dwMaxAPDUDataSize, little-endian.
    expect(await featuresOf('Long')).toEqual(['120442330012', '0a0400000100', 'unsupported']);
    expect(await featuresOf(reader)).toEqual(['unsupported', 'unsupported', 'unsupported']);
  });
});
