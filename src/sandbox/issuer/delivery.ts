import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { IssuerAnswer } from './answers.js';

/** The connection that an answer goes out over. */
export interface Connection {
  readonly reset: () => void;
  /** The server ends. */
  readonly ending: AbortSignal;
}

/** How long `late` answers wait. */
const lateMs = 20_000;
/** For what was sent to arrive: a reset takes back what is still on its way. */
const arrivalMs = 20;

/** Sends an answer as well or badly as it says. */
export async function deliver(response: ServerResponse, answer: IssuerAnswer, connection: Connection): Promise<void> {
  const { status, headers, body, delivery } = answer;
  if (delivery === 'late') await waitWhileOpen(response, connection.ending);
  if (delivery === 'not-at-all') {
    connection.reset();
    return;
  }
  const bytes = Buffer.from(body);
  response.writeHead(status, { 'cache-control': 'no-store', ...headers, 'content-length': bytes.length });
  if (delivery !== 'half') {
    response.end(bytes);
    return;
  }
  response.write(bytes.subarray(0, bytes.length >> 1));
  await setTimeout(arrivalMs);
  connection.reset();
}

/** Until it is late enough, or nobody waits any more. */
async function waitWhileOpen(response: ServerResponse, ending: AbortSignal): Promise<void> {
  const awake = new AbortController();
  const signal = AbortSignal.any([ending, awake.signal]);
  const late = setTimeout(lateMs, undefined, { signal });
  const gone = once(response, 'close', { signal });
  await Promise.race([late, gone]).catch(() => undefined);
  awake.abort();
  await Promise.allSettled([late, gone]);
}
