import { setTimeout as delay } from 'node:timers/promises';
import type { ControlClient } from '../../src/client/client.js';
import type { WirePrompt } from '../../src/control-contract/prompts.js';
import { Secret } from '../../src/core/secret.js';
import type { SeededRandom } from './seeded-random.js';
import type { SeenVerify, WatchedCard } from './watched-card.js';

/** A prompt is deaf for its first half second. */
const deafMs = 520;
/** How long a person waits for a card to show up before giving up. */
const patienceMs = 2500;

/** A code that the person has typed for one card and that has not reached it (yet). */
type Typed = 'right' | 'wrong';

/** One person's login as the surface sees it. */
interface Sitting {
  readonly wanted: WatchedCard;
  readonly givesUpAt: number;
  opened: number | undefined;
  typedWrong: boolean;
  /** Holders of the cards that the prompt has stood on. */
  readonly offered: Set<string>;
  /** Why it gave up or what was explained to it. */
  ended: string | undefined;
}

/** A login, and what the person at the surface has to say about it. */
export interface PlayedLogin<T> {
  readonly result: T;
  /** The cards whose fate could end it. */
  readonly offered: readonly WatchedCard[];
  readonly ended: string | undefined;
}

/**
 * A PIN surface that plays one person at a time: chooses that person's card, types its PIN, sometimes a wrong one
 * first, and gives up when the card does not come. Notes every VERIFY that it did not ask for, and every try lost.
 */
export class StormSurface {
  /** What must never happen. */
  readonly violations: string[] = [];
  /** Codes sent to the daemon, and those of them that were wrong on purpose. */
  sent = 0;
  sentWrong = 0;
  readonly #client: ControlClient;
  readonly #random: SeededRandom;
  readonly #typed = new Map<WatchedCard, Typed[]>();
  readonly #cards: readonly WatchedCard[];
  #sitting: Sitting | undefined;
  #shown: WirePrompt | undefined;

  constructor(client: ControlClient, cards: readonly WatchedCard[], random: SeededRandom) {
    this.#client = client;
    this.#random = random;
    this.#cards = cards;
    for (const card of cards) card.onVerify = (verify) => this.#seen(card, verify);
    client.on('prompt.show', (prompt) => {
      this.#shown = prompt;
      void this.#answer(prompt).catch((error: unknown) => {
        this.violations.push(`surface: ${String(error)}`);
      });
    });
    client.on('prompt.close', () => (this.#shown = undefined));
  }

  async attach(): Promise<void> {
    await this.#client.request('prompt.attach', { kind: 'terminal' });
  }

  /** Plays this person until the login ends; resolves with why the person gave up, if that was it. */
  async playing<T>(wanted: WatchedCard, login: () => Promise<T>): Promise<PlayedLogin<T>> {
    const sitting: Sitting = {
      wanted,
      givesUpAt: Date.now() + patienceMs,
      opened: undefined,
      typedWrong: false,
      offered: new Set([wanted.holder]),
      ended: undefined,
    };
    this.#sitting = sitting;
    try {
      const result = await login();
      const offered = this.#cards.filter(({ holder }) => sitting.offered.has(holder));
      return { result, offered, ended: sitting.ended };
    } finally {
      this.#sitting = undefined;
      // What was typed for this login may not reach a card later.
      this.#typed.clear();
    }
  }

  #seen(card: WatchedCard, { accepted }: SeenVerify): void {
    const typed = this.#typed.get(card)?.shift();
    if (typed === undefined) this.violations.push(`${card.name}: a VERIFY that nobody asked for`);
    else if (accepted !== (typed === 'right'))
      this.violations.push(`${card.name}: a ${typed} code was taken otherwise`);
  }

  async #answer(prompt: WirePrompt): Promise<void> {
    const sitting = this.#sitting;
    if (sitting === undefined) return;
    const stoodOn = prompt.candidates.find(({ id }) => id === prompt.chosen)?.holder;
    if (stoodOn !== undefined) sitting.offered.add(stoodOn);
    sitting.opened ??= Date.now();
    await delay(Math.max(0, sitting.opened + deafMs - Date.now()));
    while (this.#isOpen(prompt, sitting)) {
      if (await this.#act(prompt, sitting)) return;
      if (Date.now() >= sitting.givesUpAt) {
        sitting.ended = 'gave up';
        await this.#client.request('prompt.cancel', { promptId: prompt.promptId });
        return;
      }
      await delay(50);
    }
  }

  #isOpen(prompt: WirePrompt, sitting: Sitting): boolean {
    return this.#shown === prompt && this.#sitting === sitting;
  }

  /** True when it has answered this state of the prompt, or need not. */
  async #act(prompt: WirePrompt, sitting: Sitting): Promise<boolean> {
    const { ticket, state, candidates, chosen } = prompt;
    if (state === 'working') return true;
    if (state === 'explain') {
      if (Date.now() < sitting.givesUpAt && candidates.length === 0) return false;
      sitting.ended = `explained ${prompt.problem?.code ?? 'nothing'}`;
      await this.#client.request('prompt.acknowledge', { ticket });
      return true;
    }
    const wanted = candidates.find(({ holder }) => holder === sitting.wanted.holder);
    if (wanted === undefined) return false;
    if (state === 'pin' && chosen === wanted.id) await this.#type(prompt, sitting);
    else await this.#client.request('prompt.choose', { ticket, candidateId: wanted.id });
    return true;
  }

  async #type(prompt: WirePrompt, sitting: Sitting): Promise<void> {
    const card = sitting.wanted;
    // Never the last but one: the next right code would need consent.
    const mayErr = (prompt.attemptsRemaining ?? 0) > 2 && !sitting.typedWrong;
    const wrong = mayErr && this.#random.chance(0.05);
    if (wrong) sitting.typedWrong = true;
    this.#typed.set(card, [...(this.#typed.get(card) ?? []), wrong ? 'wrong' : 'right']);
    this.sent += 1;
    if (wrong) this.sentWrong += 1;
    const pin = Secret.moveFrom(Uint8Array.from(Buffer.from(wrong ? '000000' : card.pin)));
    await this.#client.sendPin(prompt.ticket, pin, { lastTryConsent: prompt.lastTry });
    pin.wipe();
  }

  /** Tries that the cards have lost beyond what wrong codes cost since the last right one. */
  lostTries(): number {
    const lost = this.#cards.map((card) => {
      const sinceRight = card.verifies.length - 1 - card.verifies.map(({ accepted }) => accepted).lastIndexOf(true);
      return card.highestTries - sinceRight - card.attemptsRemaining();
    });
    return lost.reduce((sum, tries) => sum + tries, 0);
  }
}
