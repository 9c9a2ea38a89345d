/*
 * Runs inside scripts/isolated-pcscd: holds virtual cards in the readers of that pcscd, and runs programs there.
 * Requests and answers are lines of JSON on standard input and output; the end of the input ends it.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { parseFault } from '../../src/sandbox/hardware/fault.js';
import { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import { connectToVpcd } from '../../src/sandbox/hardware/vpcd-client.js';
import { fileCardStore } from '../../src/sandbox/virtual-card/file-card-store.js';
import { VirtualIdPrimeCard } from '../../src/sandbox/virtual-card/virtual-idprime-card.js';
import type { IsolatedRequest } from './isolated-pcscd.js';
import { runProcess } from './run-process.js';

const hardware = new VirtualHardware();
const ports = (process.env['KORT_VPCD_PORTS'] ?? '').split(' ').map(Number);
const connections = ports.map((port, index) => {
  const reader = hardware.addReader(`Virtual PCD ${Math.floor(index / 2)} 00 0${index % 2}`);
  return connectToVpcd(reader, { host: '127.0.0.1', port });
});

async function carryOut(request: IsolatedRequest): Promise<unknown> {
  switch (request.method) {
    case 'run':
      return await runProcess(request.program, request.args, request.options);
    case 'addCard':
      hardware.addCard(request.card, new VirtualIdPrimeCard({ store: fileCardStore(request.statePath) }));
      return null;
    case 'insert':
      hardware.insert(request.reader, request.card);
      return null;
    case 'remove':
      return hardware.remove(request.reader);
    case 'fault':
      hardware.armFault(request.reader, parseFault(request.fault));
      return null;
    case 'state':
      return { ...hardware.state(), connected: connections.map((connection) => connection.connected) };
    case 'stopPcscd':
      return process.kill(Number(readFileSync('/run/pcscd/pcscd.pid', 'latin1').replaceAll('\0', '')));
    case 'startPcscd':
      return await promisify(execFile)(process.env['KORT_START_PCSCD'] ?? '');
  }
}

const say = (message: unknown): boolean => process.stdout.write(`${JSON.stringify(message)}\n`);

async function answerTo(line: string): Promise<void> {
  const { id, request } = JSON.parse(line) as { id: number; request: IsolatedRequest };
  try {
    say({ id, result: await carryOut(request) });
  } catch (error) {
    say({ id, error: String(error) });
  }
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => void answerTo(line));
lines.on('close', () => {
  for (const connection of connections) connection.close();
});
say({ ready: true });
