import type { CardCost, SignRequest } from '../tokens/token.js';
import type { Candidate } from './candidates.js';
import { OrderFailed } from './order-failed.js';
import type { CardInUse } from './order-work.js';
import { useOf, type PinAnswer } from './pin-pad-wish.js';
import type { PromptDialog } from './prompt-dialog.js';

/** Every use that one order makes of cards: shown while it lasts, cancellable, its cost added up. */
export class CardUses {
  readonly #dialog: PromptDialog;
  readonly #signal: AbortSignal;
  #cost: CardCost | undefined;

  constructor(dialog: PromptDialog, signal: AbortSignal) {
    this.#dialog = dialog;
    this.#signal = signal;
  }

  /** Of all uses together; empty where the card was not used, or did not get through. */
  get cost(): Partial<CardCost> {
    return this.#cost ?? {};
  }

  /** The card for one PIN entry. */
  of(candidate: Candidate, answer: PinAnswer, attemptsShown: number): CardInUse {
    const { token, key, algorithm } = candidate;
    const use = { key, algorithm, attemptsShown, ...useOf(answer) };
    const signOne = async (digest: Uint8Array, signal: AbortSignal) => {
      const request: SignRequest = { ...use, digest, signal };
      const { signature, cost } = await token.verifyAndSign(request);
      return { signatures: [signature], cost };
    };
    return {
      candidate,
      sign: async (digests) => {
        const [first, ...others] = digests;
        const result = await this.#dialog.whileWorking(
          answer.kind === 'pinPad' ? 'pinPad' : 'working',
          (signal) =>
            first !== undefined && others.length === 0
              ? signOne(first, signal)
              : token.verifyAndSignAll({ ...use, digests, signal }),
          this.#signal,
        );
        if (result === undefined) throw new OrderFailed('userCancel');
        this.#add(result.cost);
        return result.signatures;
      },
    };
  }

  #add({ apduCount, cardMs }: CardCost): void {
    const before = this.#cost ?? { apduCount: 0, cardMs: 0 };
    this.#cost = { apduCount: before.apduCount + apduCount, cardMs: before.cardMs + cardMs };
  }
}
