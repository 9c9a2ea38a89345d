import { expect, it } from 'vitest';
import type { ControlClient } from '../../../src/client/client.js';
import { TerminalPrompt } from '../../../src/terminal/prompt/terminal-prompt.js';
import type { WirePrompt } from '../../../src/control-contract/prompts.js';
import { promptView } from '../../support/prompt-view.js';

/*
 * A person in the middle of a PIN does not stop when the screen changes: the keys that are on their way were meant for
 * what stood there before, and must neither choose, pick nor be sent.
 */
async function stage() {
  const listeners = new Map<string, (payload: unknown) => void>();
  const sent: unknown[] = [];
  let now = 1000;
  const client: ControlClient = {
    on: (event, listener) => {
      listeners.set(event, listener as (payload: unknown) => void);
      return () => undefined;
    },
    request: (method, params) => {
      if (method !== 'prompt.attach') sent.push([method, params]);
      return Promise.resolve((method === 'prompt.attach' ? { waiting: [] } : { accepted: true }) as never);
    },
    sendPin: (ticket, pin) => {
      sent.push(['PIN', ticket, pin.use((bytes) => Buffer.from(bytes).toString())]);
      return Promise.resolve();
    },
    closed: new Promise(() => undefined),
    close: () => undefined,
  };
  const prompt = new TerminalPrompt({
    kind: 'terminal',
    client,
    look: { language: 'en', color: false },
    size: () => ({ columns: 100, rows: 40 }),
    draw: () => undefined,
    now: () => now,
    onClosed: () => undefined,
    onInterrupt: () => undefined,
    onFailure: () => undefined,
  });
  await prompt.start();
  return {
    sent,
    tell: (event: string, payload: unknown) => listeners.get(event)?.(payload),
    show: (promptId: string, ticket: string, change: Partial<WirePrompt> = {}) =>
      listeners.get('prompt.show')?.({ ...promptView(promptId), ticket, ...change }),
    wait: (ms: number) => (now += ms),
    /** Four keys a second; a carriage return is Enter. */
    type: (keys: string) => {
      for (const key of keys) {
        now += 250;
        prompt.key(key === '\r' ? 'enter' : 'character', key.charCodeAt(0));
      }
    },
  };
}

it('digits typed on after an order has ended pick no waiting order and are sent for none', async () => {
  const { sent, tell, show, wait, type } = await stage();
  show('p1', 'a');
  wait(600);
  const { relyingParty, purpose, launcher } = promptView('p2');
  tell('prompt.waiting', { waiting: [{ promptId: 'p2', relyingParty, purpose, launcher }] });
  type('48');
  tell('prompt.close', { promptId: 'p1', outcome: { status: 'failed', hintCode: 'expiredTransaction' } });
  type('1');
  show('p2', 'b');
  type('93571\r');
  expect(sent).toEqual([]);
});

it('digits typed on while the prompt turns to a choice of cards choose none', async () => {
  const { sent, show, wait, type } = await stage();
  const [first] = promptView('p1').candidates;
  const candidates = [first!, { ...first!, id: 'other', holder: 'Tretton Trettonsson' }];
  show('p1', 'a');
  wait(600);
  type('48');
  show('p1', 'b', { state: 'choose', chosen: undefined, candidates });
  type('2');
  show('p1', 'c', { candidates });
  type('9135\r');
  expect(sent).toEqual([]);
});

it('the rest of a PIN whose beginning was cleared is not sent', async () => {
  const { sent, show, wait, type } = await stage();
  show('p1', 'a');
  wait(600);
  type('48');
  show('p1', 'b', { state: 'noCard', chosen: undefined });
  show('p1', 'c');
  type('913572\r');
  expect(sent).toEqual([]);
});

it('after half a second without keys the same prompt takes a whole PIN', async () => {
  const { sent, show, wait, type } = await stage();
  show('p1', 'a');
  wait(600);
  type('48');
  show('p1', 'b', { state: 'noCard', chosen: undefined });
  show('p1', 'c');
  type('9');
  wait(600);
  type('481357\r');
  expect(sent).toEqual([['PIN', 'c', '481357']]);
});
