import { setTimeout as delay } from 'node:timers/promises';
import type { ControlClient } from '../../src/client/client.js';
import type { WaitingPrompt, WirePrompt } from '../../src/control-contract/prompts.js';
import { Secret } from '../../src/core/secret.js';
import type { TrustPolicy } from '../../src/model/trust.js';
import { verifyAssertion } from '../../src/verify/verify.js';
import { createPageCaller, requestOf, type LoadParty } from './order-load.js';

/** Reads the screen before acting on it. */
const glanceMs = 700;
/** Types a PIN of six digits. */
const typingMs = 1200;

/**
 * Somebody who wants in at one relying party while others pester: declines every prompt that is not from there, picks
 * the one that is from the waiting ones, and types the PIN.
 */
export class OrderPerson {
  readonly #client: ControlClient;
  readonly #wanted: string;
  readonly #pin: string;
  #shown: WirePrompt | undefined;
  #waiting: readonly WaitingPrompt[] = [];
  #busy = false;
  /** Prompts of others that were declined. */
  declined = 0;

  private constructor(client: ControlClient, wanted: string, pin: string) {
    this.#client = client;
    this.#wanted = wanted;
    this.#pin = pin;
    client.on('prompt.show', (prompt) => {
      this.#shown = prompt;
      void this.#act();
    });
    client.on('prompt.close', () => {
      this.#shown = undefined;
      void this.#act();
    });
    client.on('prompt.waiting', ({ waiting }) => {
      this.#waiting = waiting;
      void this.#act();
    });
  }

  static async attach(client: ControlClient, wanted: string, pin: string): Promise<OrderPerson> {
    const person = new OrderPerson(client, wanted, pin);
    const { current, waiting } = await client.request('prompt.attach', { kind: 'terminal' });
    person.#shown = current;
    person.#waiting = waiting;
    return person;
  }

  /** One thing at a time, each after a look at what stands there by then. */
  async #act(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (;;) {
        const wanted = this.#waiting.find(({ relyingParty }) => relyingParty.name.en === this.#wanted);
        const shown = this.#shown;
        if (shown === undefined && wanted === undefined) return;
        if (shown !== undefined && shown.relyingParty.name.en !== this.#wanted && wanted === undefined) return;
        await delay(glanceMs);
        if (shown !== this.#shown) continue;
        if (shown === undefined) {
          if (wanted !== undefined) await this.#client.request('prompt.pick', { promptId: wanted.promptId });
          if (this.#shown === undefined) return;
        } else if (shown.relyingParty.name.en !== this.#wanted) {
          this.declined += 1;
          await this.#client.request('prompt.cancel', { promptId: shown.promptId });
          await delay(50);
        } else if (shown.state === 'pin') {
          await this.#type(shown);
          return;
        } else return;
      }
    } finally {
      this.#busy = false;
    }
  }

  async #type({ ticket, lastTry }: WirePrompt): Promise<void> {
    await delay(typingMs);
    const pin = Secret.moveFrom(Uint8Array.from(Buffer.from(this.#pin)));
    await this.#client.sendPin(ticket, pin, { lastTryConsent: lastTry });
    pin.wipe();
  }
}

/** One login as a page makes it, its answer verified. @returns how it ended: `complete`, a hint, or a status of HTTP. */
export async function loginAsPage(port: number, party: LoadParty, trust: TrustPolicy): Promise<string> {
  const caller = createPageCaller(port);
  try {
    const { request, nonce } = await requestOf(party);
    const started = await caller.call(party, '/oob/v1/auth', { request });
    if (started.status !== 200) return String(started.status);
    const { orderRef } = started.body;
    for (;;) {
      const { body, status } = await caller.call(party, '/oob/v1/collect', { orderRef, waitSeconds: 25 });
      if (status !== 200) return String(status);
      if (body['status'] === 'failed') return String(body['hintCode']);
      if (body['status'] !== 'complete') continue;
      const unused = new Set([nonce]);
      await verifyAssertion(String(body['assertion']), {
        clientId: party.clientId,
        request,
        origins: [party.origin],
        policy: trust,
        consumeNonce: (value) => Promise.resolve(unused.delete(value)),
      });
      return 'complete';
    }
  } finally {
    caller.close();
  }
}
