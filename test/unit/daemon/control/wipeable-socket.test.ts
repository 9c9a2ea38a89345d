import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { adoptWithWiping } from '../../../../src/daemon/control/wipeable-socket.js';

const isWiped = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

it('adoptWithWiping() reads through one buffer, wipes it after each read, and lets the server go', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kort-wipe-'));
  const path = join(folder, 's');
  const lent: Uint8Array[] = [];
  let text = '';
  let adopted: Socket | undefined;
  const server = createServer({ pauseOnConnect: true }, (accepted) => {
    adopted = adoptWithWiping(accepted, (bytes) => {
      lent.push(bytes);
      text += Buffer.from(bytes).toString();
    });
  });
  server.listen(path);
  await once(server, 'listening');
  const client = connect(path);
  client.write('8351');
  await expect.poll(() => text).toBe('8351');
  client.write('9624');
  await expect.poll(() => text).toBe('83519624');
  expect(new Set(lent.map(({ buffer }) => buffer)).size).toBe(1);
  expect(lent.every(isWiped)).toBe(true);
  adopted?.write('answer');
  expect(String((await once(client, 'data'))[0])).toBe('answer');
  client.end();
  await once(client, 'close');
  await new Promise<void>((resolve) => server.close(() => resolve()));
  rmSync(folder, { recursive: true, force: true });
});

it('adoptWithWiping() wipes the chunks themselves where Node gives no handle, also when the reader throws', async () => {
  const stream = new PassThrough();
  const lent: Uint8Array[] = [];
  stream.on('error', () => undefined);
  expect(adoptWithWiping(stream as unknown as Socket, (bytes) => void lent.push(bytes))).toBe(stream);
  stream.write(Buffer.from('8351'));
  await expect.poll(() => lent.length).toBe(1);
  expect(lent.every(isWiped)).toBe(true);
  const throwing = new PassThrough();
  const kept: Uint8Array[] = [];
  adoptWithWiping(throwing as unknown as Socket, (bytes) => {
    kept.push(bytes);
    throw new Error('planted');
  });
  expect(() => throwing.emit('data', Buffer.from('8351'))).toThrow('planted');
  expect(kept.every(isWiped)).toBe(true);
});
