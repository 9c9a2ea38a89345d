import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { concatBytes, fromHex, toHex } from '../../src/core/bytes.js';
import { connectToVpcd, type VpcdConnection } from '../../src/sandbox/hardware/vpcd-client.js';
import { vpcdFrame } from '../../src/sandbox/hardware/vpcd-frames.js';
import { VirtualReader } from '../../src/sandbox/hardware/virtual-reader.js';
import { freePorts } from '../support/free-ports.js';
import { fixtureCard, pinBlock, SELECT_APPLET } from '../support/virtual-card-fixture.js';

const ATR = '3b7f96000080318065b0855956fb120ffe829000';

/** The side of vpcd: takes one card and talks to it. */
class FakeVpcd {
  readonly server: Server = createServer({ noDelay: true });
  #socket: Socket | undefined;
  #received: Uint8Array = new Uint8Array(0);

  static async start(port?: number): Promise<FakeVpcd> {
    const fake = new FakeVpcd();
    const [free = 0] = port === undefined ? await freePorts(1) : [port];
    fake.server.listen(free, '127.0.0.1');
    await once(fake.server, 'listening');
    return fake;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async inserted(): Promise<Socket> {
    const [socket] = (await once(this.server, 'connection')) as [Socket];
    this.#socket = socket;
    this.#received = new Uint8Array(0);
    socket.on('data', (chunk) => (this.#received = concatBytes(this.#received, chunk)));
    socket.on('error', () => undefined);
    return socket;
  }

  say(payload: string): void {
    this.#socket!.write(vpcdFrame(fromHex(payload)));
  }

  /** Says something and waits for the one frame that answers it. */
  async ask(payload: string): Promise<string> {
    this.say(payload);
    while (this.#received.length < 2 || this.#received.length < 2 + this.#received[0]! * 256 + this.#received[1]!) {
      await once(this.#socket!, 'data');
    }
    const frame = this.#received;
    this.#received = new Uint8Array(0);
    expect(frame.length).toBe(2 + frame[0]! * 256 + frame[1]!);
    return toHex(frame.subarray(2));
  }

  async stop(): Promise<void> {
    this.#socket?.destroy();
    if (this.server.listening) await new Promise((resolve) => this.server.close(resolve));
  }
}

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

async function vpcd(port?: number): Promise<FakeVpcd> {
  const fake = await FakeVpcd.start(port);
  cleanUps.push(() => fake.stop());
  return fake;
}

function plug(reader: VirtualReader, port: number): VpcdConnection {
  const connection = connectToVpcd(reader, { host: '127.0.0.1', port, retryMs: 20 });
  cleanUps.unshift(() => connection.close());
  return connection;
}

function readerWithCard(): VirtualReader {
  const reader = new VirtualReader('TEST reader');
  reader.insert(fixtureCard().card);
  return reader;
}

describe('connectToVpcd()', () => {
  it('answers ATR and commands, and says nothing to power events', async () => {
    const fake = await vpcd();
    const inserted = fake.inserted();
    plug(readerWithCard(), fake.port);
    await inserted;
    fake.say('01');
    expect(await fake.ask('04')).toBe(ATR);
    expect(await fake.ask(SELECT_APPLET)).toBe('9000');
    expect(await fake.ask('00a40800020201')).toBe('610d');
  });

  it.each([
    ['00', 0],
    ['02', 1],
  ])('forgets the PIN at control code %s', async (code, resets) => {
    const fake = await vpcd();
    const reader = readerWithCard();
    const inserted = fake.inserted();
    plug(reader, fake.port);
    await inserted;
    await fake.ask(SELECT_APPLET);
    await fake.ask(`0020001110${pinBlock('1234')}`);
    expect(await fake.ask('0020001100')).toBe('9000');
    fake.say(code);
    await fake.ask(SELECT_APPLET);
    expect(await fake.ask('0020001100')).toBe('63c5');
    expect(reader.resetCounter).toBe(resets);
  });

  it('connects when a card is inserted, and closes when it is pulled', async () => {
    const fake = await vpcd();
    const reader = new VirtualReader('TEST reader');
    const connection = plug(reader, fake.port);
    const { card } = fixtureCard();
    for (let n = 0; n < 2; n += 1) {
      expect(connection.connected).toBe(false);
      const inserted = fake.inserted();
      reader.insert(card);
      const socket = await inserted;
      expect(await fake.ask('04')).toBe(ATR);
      expect(connection.connected).toBe(true);
      const closed = once(socket, 'close');
      reader.remove();
      await closed;
    }
  });

  it('closes without an answer when the card is pulled in the middle of a command', async () => {
    const fake = await vpcd();
    const reader = readerWithCard();
    reader.armFault({ kind: 'silence', apdu: 1 });
    const inserted = fake.inserted();
    plug(reader, fake.port);
    const socket = await inserted;
    let answered = false;
    socket.on('data', () => (answered = true));
    const closed = once(socket, 'close');
    fake.say(SELECT_APPLET);
    await expect.poll(() => reader.apduCount).toBe(1);
    reader.remove();
    await closed;
    expect(answered).toBe(false);
  });

  it('delivers the last answer of a card that is pulled after it', async () => {
    const fake = await vpcd();
    const reader = readerWithCard();
    reader.armFault({ kind: 'remove-after', apdu: 1 });
    const inserted = fake.inserted();
    plug(reader, fake.port);
    const socket = await inserted;
    const closed = once(socket, 'close');
    expect(await fake.ask(SELECT_APPLET)).toBe('9000');
    await closed;
  });

  it('comes back, powered off in between, when the service restarts', async () => {
    const first = await vpcd();
    const reader = readerWithCard();
    const inserted = first.inserted();
    const connection = plug(reader, first.port);
    await inserted;
    await first.ask(SELECT_APPLET);
    await first.ask(`0020001110${pinBlock('1234')}`);
    const { port } = first;
    await first.stop();
    await expect.poll(() => connection.connected).toBe(false);
    const second = await vpcd(port);
    await second.inserted();
    await second.ask(SELECT_APPLET);
    expect(await second.ask('0020001100')).toBe('63c5');
  });

  it('waits for a service that is not there yet, and stops trying when closed', async () => {
    const [port = 0] = await freePorts(1);
    const connection = plug(readerWithCard(), port);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const fake = await vpcd(port);
    const socket = await fake.inserted();
    const closed = once(socket, 'close');
    connection.close();
    await closed;
    let again = false;
    fake.server.on('connection', () => (again = true));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(again).toBe(false);
  });
});
