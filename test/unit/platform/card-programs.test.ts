import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, connect, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCardPrograms } from '../../../src/platform/card-programs.js';
import { linuxCardPrograms, parseSocket } from '../../../src/platform/card-programs-linux.js';

let folder: string;
let server: Server;
let path: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kort-programs-'));
  path = join(folder, 'service.comm');
  server = createServer((socket) => socket.on('error', () => undefined)).listen(path);
  await once(server, 'listening');
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A program of its own that is connected to the service. */
async function startProgram(): Promise<ChildProcess> {
  const script = `const s=require('net').connect(${JSON.stringify(path)},()=>process.stdout.write('up'))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

describe('linuxCardPrograms()', () => {
  it('names another program while it is connected, and no longer', async () => {
    const programs = linuxCardPrograms(path);
    expect(await programs.current()).toEqual([]);
    const child = await startProgram();
    const found = await programs.current();
    expect(found).toHaveLength(1);
    expect(found?.[0]?.name).toBeTruthy();
    expect(found?.[0]?.connection).toBeGreaterThan(0);
    child.kill();
    await once(child, 'exit');
    while ((await programs.current())?.length !== 0) await new Promise((resolve) => setTimeout(resolve, 10));
  });

  it('looks only once for the owner of a connection that cannot be named', async () => {
    const lookedFor: (readonly number[])[] = [];
    const programs = linuxCardPrograms(path, {}, (wanted) => {
      lookedFor.push(wanted);
      return Promise.resolve(new Map());
    });
    const child = await startProgram();
    const stranger = { connection: expect.any(Number) as number, name: undefined, pid: undefined };
    expect(await programs.current()).toEqual([stranger]);
    expect(await programs.current()).toEqual([stranger]);
    expect(lookedFor).toHaveLength(1);
    child.kill();
    await once(child, 'exit');
  });

  it('leaves the connections of this process out', async () => {
    const socket = connect(path);
    await once(socket, 'connect');
    expect(await linuxCardPrograms(path).current()).toEqual([]);
    socket.destroy();
  });

  it('does not claim that nobody is there when it cannot even see itself', async () => {
    expect(await linuxCardPrograms(path, { ownConnection: true }).current()).toBeUndefined();
    const socket = connect(path);
    await once(socket, 'connect');
    expect(await linuxCardPrograms(path, { ownConnection: true }).current()).toEqual([]);
    socket.destroy();
  });

  it('knows nothing of another socket', async () => {
    expect(await linuxCardPrograms(join(folder, 'other')).current()).toEqual([]);
  });
});

describe('parseSocket()', () => {
  it.each([[new Uint8Array(3)], [new Uint8Array(16)], [new Uint8Array(64).fill(0xff)]])(
    'makes nothing up of bytes that are none',
    (bytes) => {
      const socket = parseSocket(bytes);
      expect(socket?.name).toBeUndefined();
      expect(socket?.peer).toBeUndefined();
    },
  );
});

describe('createCardPrograms()', () => {
  it.each(['win32', 'darwin'] as const)('on %s says that it does not know', async (platform) => {
    expect(await createCardPrograms(path, {}, platform).current()).toBeUndefined();
  });
});
