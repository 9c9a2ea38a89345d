import { once } from 'node:events';
import { createConnection } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RpcRequest } from '../../src/control-contract/envelope.js';
import { createFrameDecoder } from '../../src/control-contract/frame-decoder.js';
import { encodeJson } from '../../src/control-contract/frames.js';
import { systemClock } from '../../src/core/ports.js';
import { createEventSubscriptions } from '../../src/daemon/control/event-subscriptions.js';
import type { CardEvent } from '../../src/model/card-event.js';
import { openControlStage, type ControlStage } from '../support/control-stage.js';
import { recordingLogger } from '../support/recording-logger.js';

let stage: ControlStage;
let emit: (event: CardEvent) => void;
beforeEach(async () => {
  const handlers = createEventSubscriptions({
    source: { readers: () => [], subscribe: (listener) => void (emit = listener) },
    clock: systemClock,
    logger: recordingLogger(),
  });
  stage = await openControlStage({ handlers });
});
afterEach(() => stage.close());

it('a subscriber that does not read is dropped with a message, and one that reads gets everything', async () => {
  const slow = createConnection(stage.socketPath);
  await once(slow, 'connect');
  slow.pause();
  slow.write(encodeJson({ jsonrpc: '2.0', id: 1, method: 'events.subscribe' } satisfies RpcRequest));
  const quick = await stage.connect();
  let seen = 0;
  quick.on('card.event', () => (seen += 1));
  await quick.request('events.subscribe', {});

  const event: CardEvent = { kind: 'card-inserted', reader: 'TEST reader '.repeat(20) };
  const [batches, batch] = [200, 20];
  for (let count = 0; count < batches; count += 1) {
    for (let time = 0; time < batch; time += 1) emit(event);
    await quick.request('events.subscribe', {});
  }
  expect(seen).toBe(batches * batch);

  const told: string[] = [];
  const decoder = createFrameDecoder({
    json: (text) => void told.push((JSON.parse(text) as Partial<RpcRequest>).method ?? 'answer'),
  });
  slow.on('data', (bytes: Buffer) => decoder.push(bytes));
  slow.resume();
  await expect.poll(() => told.at(-1)).toBe('events.dropped');
  expect(told[0]).toBe('answer');
  expect(told.length).toBeLessThan(batches * batch);
  expect(told.filter((method) => method === 'events.dropped')).toHaveLength(1);
  // It is dropped from the events only: the connection goes on.
  slow.write(encodeJson({ jsonrpc: '2.0', id: 2, method: 'events.subscribe' } satisfies RpcRequest));
  await expect.poll(() => told.at(-1)).toBe('answer');
  slow.destroy();
});
