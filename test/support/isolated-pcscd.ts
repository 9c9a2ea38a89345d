import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Fault } from '../../src/sandbox/hardware/fault.js';
import type { VirtualHardwareState } from '../../src/sandbox/hardware/virtual-hardware.js';
import type { ProcessOptions, ProcessResult, RunProcess } from './run-process.js';

const script = fileURLToPath(new URL('../../scripts/isolated-pcscd', import.meta.url));
const loader = fileURLToPath(new URL('./typescript-loader.mjs', import.meta.url));
const program = fileURLToPath(new URL('./isolated-pcscd-program.ts', import.meta.url));

/** What the program inside understands. */
export type IsolatedRequest =
  | { method: 'run'; program: string; args: readonly string[]; options?: ProcessOptions }
  | { method: 'addCard'; card: string; statePath: string }
  | { method: 'insert'; reader: string; card: string }
  | { method: 'remove'; reader: string }
  | { method: 'fault'; reader: string; fault: Fault }
  | { method: 'state' | 'stopPcscd' | 'startPcscd' };

export interface IsolatedPcscd {
  /** In the order of the readers: `Virtual PCD 0 00 00` and so on. */
  readonly readers: readonly string[];
  /** Runs a program that sees this pcscd and no other. */
  readonly run: RunProcess;
  /** Makes a card of a state file known inside. */
  addCard(card: string, statePath: string): Promise<void>;
  insert(reader: string, card: string): Promise<void>;
  remove(reader: string): Promise<void>;
  armFault(reader: string, fault: Fault): Promise<void>;
  state(): Promise<VirtualHardwareState & { connected: readonly boolean[] }>;
  stopPcscd(): Promise<void>;
  startPcscd(): Promise<void>;
  stop(): Promise<void>;
}

/** A real pcscd in namespaces of its own, with virtual cards. Fails, not skips, where that is impossible. */
export async function startIsolatedPcscd(readerCount = 2): Promise<IsolatedPcscd> {
  const child = spawn(script, [
    ...['--readers', String(readerCount), '--'],
    ...[process.execPath, '--import', loader, program],
  ]);
  const ask = await converse(child);
  const quiet = async (request: IsolatedRequest): Promise<void> => {
    await ask(request);
  };
  return {
    readers: Array.from({ length: readerCount }, (_, n) => `Virtual PCD ${Math.floor(n / 2)} 00 0${n % 2}`),
    run: async (name, args, options) =>
      (await ask({ method: 'run', program: name, args, ...(options && { options }) })) as ProcessResult,
    addCard: (card, statePath) => quiet({ method: 'addCard', card, statePath }),
    insert: (reader, card) => quiet({ method: 'insert', reader, card }),
    remove: (reader) => quiet({ method: 'remove', reader }),
    armFault: (reader, fault) => quiet({ method: 'fault', reader, fault }),
    state: async () => (await ask({ method: 'state' })) as VirtualHardwareState & { connected: boolean[] },
    stopPcscd: () => quiet({ method: 'stopPcscd' }),
    startPcscd: () => quiet({ method: 'startPcscd' }),
    stop: async () => {
      const closed = new Promise((resolve) => child.once('close', resolve));
      if (child.exitCode !== null) return;
      child.stdin.end();
      await closed;
    },
  };
}

interface Answer {
  readonly ready?: true;
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: string;
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Resolves when the program inside is ready. */
function converse(child: ChildProcessWithoutNullStreams): Promise<(request: IsolatedRequest) => Promise<unknown>> {
  const pending = new Map<number, Pending>();
  let nextId = 0;
  let stderr = '';
  const ask = (request: IsolatedRequest): Promise<unknown> =>
    new Promise((resolve, reject) => {
      nextId += 1;
      pending.set(nextId, { resolve, reject });
      child.stdin.write(`${JSON.stringify({ id: nextId, request })}\n`);
    });
  const settle = ({ id, result, error }: Answer): void => {
    const waiting = pending.get(id ?? 0);
    pending.delete(id ?? 0);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(error));
  };
  return new Promise((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.on('error', () => undefined);
    createInterface({ input: child.stdout }).on('line', (line) => {
      const answer = JSON.parse(line) as Answer;
      if (answer.ready === true) resolve(ask);
      else settle(answer);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      const error = new Error(`isolated-pcscd ended with ${String(code)}: ${stderr}`);
      for (const waiting of pending.values()) waiting.reject(error);
      reject(error);
    });
  });
}
