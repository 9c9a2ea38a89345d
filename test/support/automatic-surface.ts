import { setTimeout as delay } from 'node:timers/promises';
import type { ControlClient } from '../../src/client/client.js';
import type { ClosedPrompt, WirePrompt } from '../../src/control-contract/prompts.js';
import { Secret } from '../../src/core/secret.js';

/** A prompt is deaf for its first half second; people never notice, programs have to wait. */
const deafMs = 550;

/** A PIN surface on the control socket that answers by itself: types the PIN, reads texts, closes explanations. */
export class AutomaticSurface {
  readonly shown: WirePrompt[] = [];
  readonly closed: ClosedPrompt[] = [];
  /** What it types next. */
  pin: string;
  /** Which candidate it takes when asked, by holder. */
  chooses: string | undefined;
  /** The confirmation codes that it types, in their order, where one is asked for. */
  codes: string[] = [];
  /** Called with the prompt just before the PIN is sent, so that a test can act at that moment. */
  beforePin: ((prompt: WirePrompt) => Promise<void> | void) | undefined;
  /** Called before an explanation is closed. */
  beforeExplanation: ((prompt: WirePrompt) => Promise<void> | void) | undefined;
  readonly #client: ControlClient;
  #deafUntil = 0;

  private constructor(client: ControlClient, pin: string) {
    this.#client = client;
    this.pin = pin;
    client.on('prompt.show', (prompt) => void this.#answer(prompt));
    client.on('prompt.close', (closed) => void this.closed.push(closed));
  }

  static async attach(client: ControlClient, pin: string): Promise<AutomaticSurface> {
    const surface = new AutomaticSurface(client, pin);
    await client.request('prompt.attach', { kind: 'terminal' });
    return surface;
  }

  async #answer(prompt: WirePrompt): Promise<void> {
    const isNew = !this.shown.some(({ promptId }) => promptId === prompt.promptId);
    this.shown.push(prompt);
    if (isNew) this.#deafUntil = performance.now() + deafMs;
    await delay(Math.max(0, this.#deafUntil - performance.now()));
    if (this.shown.at(-1) !== prompt) return;
    const { ticket, state } = prompt;
    if (state === 'pin') {
      await this.beforePin?.(prompt);
      const pin = Secret.moveFrom(Uint8Array.from(Buffer.from(this.pin)));
      await this.#client.sendPin(ticket, pin, { lastTryConsent: prompt.lastTry });
      pin.wipe();
    } else if (state === 'explain' || state === 'read') {
      if (state === 'explain') await this.beforeExplanation?.(prompt);
      await this.#client.request('prompt.acknowledge', { ticket });
    } else if (state === 'choose') {
      const wanted = prompt.candidates.find(({ holder }) => holder === this.chooses);
      if (wanted) await this.#client.request('prompt.choose', { ticket, candidateId: wanted.id });
    } else if (state === 'code') {
      const code = this.codes.shift();
      if (code !== undefined) await this.#client.request('prompt.typeCode', { ticket, code });
    }
  }
}
