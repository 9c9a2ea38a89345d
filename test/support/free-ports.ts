import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that systems give out by themselves; each of the processes that run tests at once has its own. */
const perProcess = 1000;
const first = 10_000 + perProcess * ((Number(process.env['VITEST_POOL_ID']) || 0) % 4);
let next = Math.floor(Math.random() * perProcess);

/** Ports that nobody listens on now, and that no program is given by chance before a test has started its own there. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let tries = 0; ports.length < count; tries += 1) {
    if (tries === perProcess) throw new Error('no port is free');
    next = (next + 1) % perProcess;
    if ((await canListen('127.0.0.1', first + next)) && (await canListen('::1', first + next)))
      ports.push(first + next);
  }
  return ports;
}

async function canListen(host: string, port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, host), 'listening');
  } catch {
    return false;
  }
  await new Promise((closed) => server.close(closed));
  return true;
}
