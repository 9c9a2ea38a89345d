import { once } from 'node:events';
import { createConnection, createServer, Socket, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { connect, type ControlClient } from '../../src/client/client.js';
import { Secret } from '../../src/core/secret.js';
import { createFrameDecoder } from '../../src/control-contract/frame-decoder.js';
import type { WirePrompt } from '../../src/control-contract/prompts.js';
import { openControlStage, type ControlStage } from '../support/control-stage.js';
import { promptView } from '../support/prompt-view.js';

const digits = '83519624';

let stage: ControlStage;
let proxy: Server;
let client: ControlClient;
let up: Buffer[];
let down: Buffer[];

/** A client that reaches the server through a proxy which keeps all that passes. */
beforeEach(async () => {
  stage = await openControlStage();
  up = [];
  down = [];
  proxy = createServer((near) => {
    const far = createConnection(stage.socketPath);
    near.on('data', (chunk: Buffer) => (up.push(Buffer.from(chunk)), far.write(chunk)));
    far.on('data', (chunk: Buffer) => (down.push(Buffer.from(chunk)), near.write(chunk)));
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  const socketPath = join(stage.folder, 'proxy.sock');
  proxy.listen(socketPath);
  await once(proxy, 'listening');
  client = await connect({ socketPath });
});
afterEach(async () => {
  client.close();
  await client.closed;
  proxy.close();
  await stage.close();
});

const encodings = [
  Buffer.from(digits),
  Buffer.from(digits, 'utf16le'),
  Buffer.from(Buffer.from(digits).toString('hex')),
  Buffer.from(Buffer.from(digits).toString('base64').slice(0, 10)),
  Buffer.from(digits, 'hex'),
];

it('a PIN crosses the socket only in frames of its own, and is in nothing else that passes or is logged', async () => {
  const shown = new Promise<WirePrompt>((resolve) => client.on('prompt.show', resolve));
  await client.request('prompt.attach', { kind: 'terminal' });
  const prompt = stage.prompts.surfaces.open('p1');
  prompt.show(promptView('p1'));
  const { ticket } = await shown;
  await new Promise((resolve) => setTimeout(resolve, 600));
  const pin = Secret.moveFrom(Buffer.from(digits));
  const answer = prompt.answer(new AbortController().signal);
  await client.sendPin(ticket, pin, { lastTryConsent: false });
  const given = await answer;
  expect(given.kind === 'pin' && given.pin.use((bytes) => Buffer.from(bytes).toString())).toBe(digits);
  // What follows shows that the daemon tells nothing of it back, neither when it works nor when it refuses.
  prompt.show(promptView('p1', { state: 'working' }));
  prompt.show(
    promptView('p1', { problem: { code: 'ERR_PIN_WRONG', fields: { attemptsRemaining: 2 } }, attemptsRemaining: 2 }),
  );
  const refused = new Promise((resolve) => client.on('prompt.refused', resolve));
  await client.sendPin(ticket, pin, { lastTryConsent: false });
  await refused;
  prompt.close({ status: 'complete' });
  await client.request('prompt.detach', {});

  const frames: string[] = [];
  const decoder = createFrameDecoder({
    json: (text) => frames.push(`json ${text}`),
    pin: (payload) => frames.push(`pin ${Buffer.from(payload).toString('latin1')}`),
  });
  for (const chunk of up) decoder.push(chunk);
  const carriers = frames.filter((frame) => encodings.some((bytes) => frame.includes(bytes.toString('latin1'))));
  expect(carriers).toHaveLength(2);
  for (const frame of carriers) expect(frame).toMatch(/^pin .{16}\0\d{8}$/s);
  const back = Buffer.concat(down);
  const log = Buffer.from(JSON.stringify(stage.logger.lines));
  for (const bytes of encodings) {
    expect(back.includes(bytes)).toBe(false);
    expect(log.includes(bytes)).toBe(false);
  }
});

it('sendPin() wipes the frame that it wrote, and leaves the secret itself to the caller', async () => {
  const pin = Secret.moveFrom(Buffer.from(digits));
  const written = vi.spyOn(Socket.prototype, 'write');
  await client.sendPin('00'.repeat(16), pin, { lastTryConsent: false });
  const frame = written.mock.calls[0]?.[0] as Uint8Array;
  written.mockRestore();
  expect(frame).toHaveLength(5 + 16 + 1 + digits.length);
  expect(frame.every((byte) => byte === 0)).toBe(true);
  expect(pin.use((bytes) => Buffer.from(bytes).toString())).toBe(digits);
});
