import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import {
  startVirtualPcscService,
  type VirtualPcscService,
} from '../../src/sandbox/pcsc-service/virtual-pcsc-service.js';
import { createStrictCard, strictCommands, type StrictCard } from '../support/strict-card.js';

/* Numbers of winscard_msg.h and pcsclite.h, on purpose not those of the service's own tables. */
const VERSION = 0x11;
const ESTABLISH = 0x01;
const RELEASE = 0x02;
const CONNECT = 0x04;
const RECONNECT = 0x05;
const DISCONNECT = 0x06;
const BEGIN = 0x07;
const END = 0x08;
const TRANSMIT = 0x09;
const CONTROL = 0x0a;
const STATUS = 0x0b;
const CANCEL = 0x0d;
const GET_ATTRIB = 0x0f;
const SET_ATTRIB = 0x10;
const READERS_STATE = 0x12;
const WAIT_CHANGE = 0x13;
const STOP_WAITING = 0x14;
const TABLE_BYTES = 16 * 184;

const name = 'TEST Reader 1 00 00';
const words = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, index * 4);
  return bytes;
};

let folder: string;
let socketPath: string;
let hardware: VirtualHardware;
let card: StrictCard;
let service: VirtualPcscService;
let clients: RawClient[];

/** A client that writes the bytes itself. */
class RawClient {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  #received = Buffer.alloc(0);
  #wake = (): void => undefined;

  constructor() {
    this.socket = createConnection(socketPath);
    this.socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    this.socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()));
    clients.push(this);
  }

  send(command: number, body: Buffer, payload = Buffer.alloc(0)): void {
    this.socket.write(Buffer.concat([words(body.length, command), body, payload]));
  }

  async read(length: number): Promise<Buffer> {
    while (this.#received.length < length) await new Promise<void>((resolve) => (this.#wake = resolve));
    const bytes = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return bytes;
  }

  /** The numbers of the answer, without a payload. */
  async ask(command: number, body: Buffer): Promise<number[]> {
    this.send(command, body);
    const answer = await this.read(body.length);
    return Array.from({ length: answer.length / 4 }, (_, index) => answer.readUInt32LE(index * 4));
  }

  get unread(): number {
    return this.#received.length;
  }

  async establish(): Promise<number> {
    expect(await this.ask(VERSION, words(4, 4, 0))).toEqual([4, 4, 0]);
    const [, context = 0, returned] = await this.ask(ESTABLISH, words(2, 0, 0));
    expect(returned).toBe(0);
    return context;
  }

  async connect(
    context: number,
    reader = name,
    share = 2,
    protocols = 3,
  ): Promise<{ hCard: number; returned: number }> {
    const field = Buffer.alloc(128);
    field.write(reader);
    const answer = await this.ask(CONNECT, Buffer.concat([words(context), field, words(share, protocols, 0, 0, 0)]));
    return { hCard: answer.at(-3) ?? 0, returned: answer.at(-1) ?? -1 };
  }

  async transmit(hCard: number, command: Uint8Array, room = 258): Promise<{ returned: number; answer: string }> {
    this.send(TRANSMIT, words(hCard, 1, 16, command.length, 0, 0, room, 0), Buffer.from(command));
    const body = await this.read(32);
    const returned = body.readUInt32LE(28);
    const answer = returned === 0 ? await this.read(body.readUInt32LE(24)) : Buffer.alloc(0);
    return { returned, answer: answer.toString('hex') };
  }
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kort-pcsc-'));
  socketPath = join(folder, 'pcscd.comm');
  hardware = new VirtualHardware();
  hardware.addReader(name);
  card = createStrictCard();
  hardware.addCard('card', card);
  hardware.insert(name, 'card');
  clients = [];
  service = await startVirtualPcscService({ socketPath, readers: hardware });
});
afterEach(async () => {
  for (const client of clients) client.socket.destroy();
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

const connected = async (): Promise<{ client: RawClient; context: number; hCard: number }> => {
  const client = new RawClient();
  const context = await client.establish();
  const { hCard, returned } = await client.connect(context);
  expect(returned).toBe(0);
  return { client, context, hCard };
};

describe('startVirtualPcscService()', () => {
  it('listens for its owner alone, and takes over the file of a service that died', async () => {
    expect(statSync(socketPath).mode & 0o777).toBe(0o600);
    await expect(startVirtualPcscService({ socketPath, readers: hardware })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    const stale = join(folder, 'stale');
    writeFileSync(stale, '');
    const second = await startVirtualPcscService({ socketPath: stale, readers: hardware });
    await second.close();
  });
});

describe('version and context', () => {
  it.each([
    [4, 4, 0],
    [4, 5, 0],
    [4, 3, 0x8010001d],
    [3, 4, 0x8010001d],
    [5, 0, 0x8010001d],
  ])('%i:%i is answered with %i', async (major, minor, expected) => {
    expect(await new RawClient().ask(VERSION, words(major, minor, 7))).toEqual([4, 4, expected]);
  });

  it('are needed for a card, one for each client', async () => {
    const client = new RawClient();
    expect(await client.connect(0)).toMatchObject({ returned: 0x80100003 });
    const context = await client.establish();
    expect((await client.ask(ESTABLISH, words(2, 0, 0))).at(-1)).toBe(0x80100006);
    expect(await client.connect(context + 1)).toMatchObject({ returned: 0x80100003 });
    expect(await client.ask(RELEASE, words(context, 0))).toEqual([context, 0]);
    expect(await client.connect(context)).toMatchObject({ returned: 0x80100003 });
  });
});

describe('connections', () => {
  it('are refused for unknown readers, foreign protocols, empty readers and beside an exclusive one', async () => {
    const { client, context, hCard } = await connected();
    expect(await client.connect(context, 'No such reader')).toMatchObject({ returned: 0x80100009 });
    expect(await client.connect(context, name, 2, 2)).toMatchObject({ returned: 0x8010000f });
    expect(await client.connect(context, name, 9)).toMatchObject({ returned: 0x80100011 });
    expect(await client.connect(context, name, 1)).toMatchObject({ returned: 0x8010000b });
    expect(await client.ask(DISCONNECT, words(hCard, 0, 0))).toEqual([hCard, 0, 0]);
    const exclusive = await client.connect(context, name, 1);
    expect(exclusive.returned).toBe(0);
    expect(await client.connect(context)).toMatchObject({ returned: 0x8010000b });
    await client.ask(DISCONNECT, words(exclusive.hCard, 0, 0));
    hardware.remove(name);
    expect(await client.connect(context)).toMatchObject({ returned: 0x8010000c });
  });

  it('belong to the client that made them', async () => {
    const { hCard } = await connected();
    const { client } = await connected();
    expect((await client.ask(STATUS, words(hCard, 0))).at(-1)).toBe(0x80100003);
    expect(await client.transmit(hCard, strictCommands.longest)).toMatchObject({ returned: 0x80100003 });
  });

  it('of mode direct need no card, and become shared by a reconnect', async () => {
    hardware.remove(name);
    const client = new RawClient();
    const { hCard, returned } = await client.connect(await client.establish(), name, 3, 0);
    expect(returned).toBe(0);
    expect(await client.transmit(hCard, strictCommands.longest)).toMatchObject({ returned: 0x8010000b });
    hardware.insert(name, 'card');
    expect(await client.ask(RECONNECT, words(hCard, 2, 3, 0, 0, 0))).toEqual([hCard, 2, 3, 0, 1, 0]);
    expect(await client.transmit(hCard, strictCommands.isVerified)).toEqual({ returned: 0, answer: '009000' });
  });

  it('see a reset by another, and a removed card', async () => {
    const one = await connected();
    const two = await connected();
    await one.client.transmit(one.hCard, strictCommands.verify);
    expect(await two.client.ask(RECONNECT, words(two.hCard, 2, 3, 1, 0, 0))).toEqual([two.hCard, 2, 3, 1, 1, 0]);
    expect(card.isVerified).toBe(false);
    expect((await one.client.ask(STATUS, words(one.hCard, 0))).at(-1)).toBe(0x80100068);
    expect(await one.client.transmit(one.hCard, strictCommands.verify)).toMatchObject({ returned: 0x80100068 });
    expect((await one.client.ask(BEGIN, words(one.hCard, 0))).at(-1)).toBe(0x80100068);
    expect((await one.client.ask(RECONNECT, words(one.hCard, 2, 3, 0, 0, 0))).at(-1)).toBe(0);
    expect((await one.client.ask(BEGIN, words(one.hCard, 0))).at(-1)).toBe(0);
    hardware.remove(name);
    hardware.insert(name, 'card');
    expect((await one.client.ask(STATUS, words(one.hCard, 0))).at(-1)).toBe(0x80100069);
    expect((await one.client.ask(END, words(one.hCard, 0, 0))).at(-1)).toBe(0x80100069);
  });
});

describe('transactions', () => {
  it('keep others waiting, nest, and end with a reset when asked', async () => {
    const one = await connected();
    const two = await connected();
    for (let n = 0; n < 2; n += 1) expect((await one.client.ask(BEGIN, words(one.hCard, 0))).at(-1)).toBe(0);
    let began = false;
    const waiting = two.client.ask(BEGIN, words(two.hCard, 0)).then((answer) => {
      began = true;
      return answer;
    });
    expect((await one.client.ask(END, words(one.hCard, 0, 0))).at(-1)).toBe(0);
    expect(await one.client.transmit(one.hCard, strictCommands.verify)).toMatchObject({ returned: 0 });
    expect(began).toBe(false);
    expect((await one.client.ask(END, words(one.hCard, 1, 0))).at(-1)).toBe(0);
    expect((await waiting).at(-1)).toBe(0x80100068);
    expect(card.isVerified).toBe(false);
  });

  it('of a client that dies are given up, and what it verified does not stay', async () => {
    const one = await connected();
    const two = await connected();
    await one.client.ask(BEGIN, words(one.hCard, 0));
    await one.client.transmit(one.hCard, strictCommands.verify);
    const waiting = two.client.ask(BEGIN, words(two.hCard, 0));
    one.client.socket.destroy();
    expect((await waiting).at(-1)).toBe(0x80100068);
    expect(card.isVerified).toBe(false);
  });

  it('that a dead client waited for are not started', async () => {
    const one = await connected();
    const two = await connected();
    await one.client.ask(BEGIN, words(one.hCard, 0));
    two.client.send(BEGIN, words(two.hCard, 0));
    two.client.socket.destroy();
    await two.client.closed;
    await expect.poll(() => hardware.reader(name).connections.shared).toBe(2);
    await one.client.ask(END, words(one.hCard, 0, 0));
    await expect.poll(() => hardware.reader(name).connections.shared).toBe(1);
    expect((await one.client.ask(RECONNECT, words(one.hCard, 2, 3, 0, 0, 0))).at(-1)).toBe(0);
    expect((await one.client.ask(BEGIN, words(one.hCard, 0))).at(-1)).toBe(0);
  });
});

describe('transmit, control, attributes', () => {
  it('answers longer than the room for them are refused', async () => {
    const { client, hCard } = await connected();
    expect(await client.transmit(hCard, strictCommands.longest, 257)).toMatchObject({ returned: 0x80100008 });
    expect((await client.transmit(hCard, strictCommands.longest, 258)).answer).toMatch(/^000102.*ff9000$/);
  });

  it('a card pulled in the middle of a command is a removed card', async () => {
    const { client, hCard } = await connected();
    hardware.armFault(name, { kind: 'remove-during', apdu: 1 });
    expect(await client.transmit(hCard, strictCommands.verify)).toMatchObject({ returned: 0x80100069 });
  });

  it('control calls reach the keypad of a reader, over shared and direct connections, with a card and without', async () => {
    const withPad = 'TEST Pin Pad 00 00';
    hardware.addReader(withPad, { pinPad: {} });
    const client = new RawClient();
    const context = await client.establish();
    const control = async (hCard: number, room: number): Promise<{ returned: number; answer: string }> => {
      client.send(CONTROL, words(hCard, 0x42000d48, 0, room, 0, 0));
      const body = await client.read(24);
      const returned = body.readUInt32LE(20);
      const answer = returned === 0 ? await client.read(body.readUInt32LE(16)) : Buffer.alloc(0);
      return { returned, answer: answer.toString('hex') };
    };
    const features = '0604423300060704423300070a044233000a120442330012';
    const direct = await client.connect(context, withPad, 3);
    expect(await control(direct.hCard, 24)).toEqual({ returned: 0, answer: features });
    expect(await control(direct.hCard, 23)).toEqual({ returned: 0x80100008, answer: '' });
    // Without a card there is nothing to verify a PIN at.
    client.send(CONTROL, words(direct.hCard, 0x42330006, 0, 256, 0, 0));
    expect((await client.read(24)).readUInt32LE(20)).toBe(0x80100016);
    hardware.addCard('other', createStrictCard());
    hardware.insert(withPad, 'other');
    const shared = await client.connect(context, withPad);
    expect((await control(shared.hCard, 256)).answer).toBe(features);
    expect((await control(direct.hCard, 256)).answer).toBe(features);
    hardware.removeReader(withPad);
    expect((await control(shared.hCard, 256)).returned).toBe(0x80100017);
    expect((await control(direct.hCard, 256)).returned).toBe(0x80100017);
    expect(client.unread).toBe(0);
  });

  it('control codes and setting attributes are unsupported', async () => {
    const { client, hCard } = await connected();
    client.send(CONTROL, words(hCard, 0x42000d48, 3, 256, 0, 0), Buffer.alloc(3));
    expect((await client.read(24)).readUInt32LE(20)).toBe(0x8010001f);
    const body = Buffer.concat([words(hCard, 0x00090303), Buffer.alloc(264), words(264, 0)]);
    expect((await client.ask(SET_ATTRIB, body)).at(-1)).toBe(0x8010001f);
  });

  it('the ATR attribute is the ATR', async () => {
    const { client, hCard } = await connected();
    client.send(GET_ATTRIB, Buffer.concat([words(hCard, 0x00090303), Buffer.alloc(264), words(264, 0)]));
    const answer = await client.read(280);
    expect(answer.readUInt32LE(276)).toBe(0);
    const atr = answer.subarray(8, 8 + answer.readUInt32LE(272));
    expect(atr.toString('hex')).toBe(Buffer.from(card.atr).toString('hex'));
    client.send(GET_ATTRIB, Buffer.concat([words(hCard, 0x00090303), Buffer.alloc(264), words(5, 0)]));
    expect((await client.read(280)).readUInt32LE(276)).toBe(0x80100008);
    client.send(GET_ATTRIB, Buffer.concat([words(hCard, 0x12345), Buffer.alloc(264), words(264, 0)]));
    expect((await client.read(280)).readUInt32LE(276)).toBe(0x8010001f);
  });
});

describe('events', () => {
  it('end a wait once: by a card, by a cancel, or by the client', async () => {
    const client = new RawClient();
    const context = await client.establish();
    client.send(WAIT_CHANGE, Buffer.alloc(0));
    const table = await client.read(TABLE_BYTES);
    expect(table.toString('latin1', 0, name.length)).toBe(name);
    expect(table.readUInt32LE(132) & 0x04).toBe(0x04);
    hardware.remove(name);
    expect(await client.read(8)).toEqual(words(0, 0));
    hardware.insert(name, 'card');

    client.send(WAIT_CHANGE, Buffer.alloc(0));
    await client.read(TABLE_BYTES);
    expect(await new RawClient().ask(CANCEL, words(context, 0))).toEqual([context, 0]);
    expect(await client.read(8)).toEqual(words(0, 0x80100002));

    client.send(WAIT_CHANGE, Buffer.alloc(0));
    await client.read(TABLE_BYTES);
    client.send(STOP_WAITING, Buffer.alloc(0));
    expect(await client.read(8)).toEqual(words(0, 0));
    hardware.remove(name);
    client.send(STOP_WAITING, Buffer.alloc(0));
    client.send(READERS_STATE, Buffer.alloc(0));
    expect((await client.read(TABLE_BYTES)).readUInt32LE(132)).toBe(0x02);
    expect(client.unread).toBe(0);
  });

  it('cancel of an unknown context is refused', async () => {
    expect((await new RawClient().ask(CANCEL, words(12345, 0))).at(-1)).toBe(0x80100003);
  });
});

describe('broken clients', () => {
  const longest = 65_548;
  it.each([
    ['an unknown command', words(0, 0x99)],
    ['a body of the wrong size', words(11, VERSION, 4, 4, 0)],
    ['a huge body', words(0xffffffff, CONNECT)],
    ['a huge command', Buffer.concat([words(32, TRANSMIT), words(1, 1, 16, longest + 1, 0, 0, 258, 0)])],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
  ])('that send %s are closed, and cost others nothing', async (_, bytes) => {
    const other = await connected();
    const client = new RawClient();
    client.socket.write(bytes);
    await client.closed;
    expect(await other.client.transmit(other.hCard, strictCommands.isVerified)).toMatchObject({ returned: 0 });
  });

  it('that send on and on while they wait are closed', async () => {
    const other = await connected();
    const { client, hCard } = await connected();
    await other.client.ask(BEGIN, words(other.hCard, 0));
    client.send(BEGIN, words(hCard, 0));
    client.socket.write(Buffer.alloc(400_000, words(0, READERS_STATE)));
    await client.closed;
    expect(await other.client.transmit(other.hCard, strictCommands.isVerified)).toMatchObject({ returned: 0 });
  });

  it('that ask and never read are closed', async () => {
    const other = await connected();
    const client = new RawClient();
    await client.establish();
    client.socket.pause();
    client.socket.write(Buffer.alloc(80_000, words(0, READERS_STATE)));
    expect(await other.client.transmit(other.hCard, strictCommands.isVerified)).toMatchObject({ returned: 0 });
    await new Promise((resolve) => setTimeout(resolve, 200));
    client.socket.resume();
    await client.closed;
    expect(client.unread).toBeLessThan(10_000 * TABLE_BYTES);
  });

  it('that send half a request and wait, or go, cost others nothing', async () => {
    const half = new RawClient();
    half.socket.write(words(12).subarray(0, 3));
    const gone = new RawClient();
    gone.socket.end(words(12, VERSION));
    const { client, hCard } = await connected();
    expect(await client.transmit(hCard, strictCommands.isVerified)).toMatchObject({ returned: 0 });
  });

  it('may cut a request anywhere', async () => {
    const client = new RawClient();
    for (const byte of Buffer.concat([words(12, VERSION), words(4, 4, 0)])) {
      client.socket.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await client.read(12)).toEqual(words(4, 4, 0));
  });

  it('over the limit of 200 are turned away', async () => {
    const many = Array.from({ length: 200 }, () => new RawClient());
    await Promise.all(many.map((client) => client.ask(VERSION, words(4, 4, 0))));
    await new RawClient().closed;
    many[0]?.socket.destroy();
    await many[0]?.closed;
    await expect.poll(() => new RawClient().ask(VERSION, words(4, 4, 0)).catch(() => [])).toEqual([4, 4, 0]);
  });
});
