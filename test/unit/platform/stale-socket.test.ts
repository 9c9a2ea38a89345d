import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answers, clearStaleSocket } from '../../../src/platform/stale-socket.js';

let folder: string;
let path: string;
const servers: Server[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kort-stale-'));
  path = join(folder, 'control.sock');
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A socket whose process was killed, so that it could not remove it. */
async function leaveDeadSocket(): Promise<void> {
  const program = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.stdout.write('up'))`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(existsSync(path)).toBe(true);
}

async function listen(): Promise<void> {
  const server = createServer((socket) => socket.destroy());
  servers.push(server);
  server.listen(path);
  await once(server, 'listening');
}

describe('clearStaleSocket()', () => {
  it('removes what a dead process left, and nothing else stays behind', async () => {
    await leaveDeadSocket();
    await clearStaleSocket(path);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves a living daemon alone', async () => {
    await listen();
    const { ctimeMs } = statSync(path);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await expect(clearStaleSocket(path)).rejects.toMatchObject({ code: 'ERR_IPC_DAEMON_RUNNING' });
    expect(await answers(path)).toBe(true);
    expect(readdirSync(folder)).toEqual(['control.sock']);
    // Not even moved away and back: a client that connects meanwhile would find nothing.
    expect(statSync(path).ctimeMs).toBe(ctimeMs);
  });

  it('has nothing to do where nothing is', async () => {
    await clearStaleSocket(path);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('of many that start at once, each ends well or with ERR_IPC_DAEMON_RUNNING', async () => {
    await leaveDeadSocket();
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => clearStaleSocket(path)));
    for (const outcome of outcomes) expect(outcome.status).toBe('fulfilled');
    expect(existsSync(path)).toBe(false);
  });

  it('removes a file that is no socket, since nobody can answer there', async () => {
    writeFileSync(path, '');
    await clearStaleSocket(path);
    expect(existsSync(path)).toBe(false);
  });
});
