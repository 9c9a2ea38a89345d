import type { Clock } from '../core/ports.js';
import type { AcceptedOrder, OrderResult } from '../oob/oob-service.js';
import type { Candidate } from './candidates.js';
import type { ComposeSignature } from './compose-signature.js';
import type { CardInUse, OrderWork } from './order-work.js';

/** What a signature works with besides the card. */
export interface SignDependencies {
  readonly clock: Clock;
  readonly compose: ComposeSignature;
}

/** Signs documents: one signature for each, with one key, and nothing handed out before all are there. */
export class Sign implements OrderWork {
  readonly #dependencies: SignDependencies;
  readonly #order: AcceptedOrder;
  #signatures: readonly Uint8Array[] = [];

  constructor(dependencies: SignDependencies, order: AcceptedOrder) {
    this.#dependencies = dependencies;
    this.#order = order;
  }

  get signed(): number {
    return this.#signatures.length;
  }

  async use({ candidate, sign }: CardInUse): Promise<OrderResult | undefined> {
    const { documents } = this.#order;
    const next = documents.slice(this.signed, this.#signsAllAtOnce(candidate) ? undefined : this.signed + 1);
    const { clock, compose } = this.#dependencies;
    const now = clock.now();
    const composed = next.map((document) => compose({ order: this.#order, document, candidate, now }));
    const signatures = await sign(composed.map(({ digest }) => digest));
    if (signatures.length !== composed.length) throw new TypeError('Token has signed something else');
    this.#signatures = [
      ...this.#signatures,
      ...composed.map(({ finish }, index) => finish(signatures[index] ?? new Uint8Array())),
    ];
    return this.signed === documents.length ? { signatures: this.#signatures } : undefined;
  }

  settle(): Promise<void> {
    return Promise.resolve();
  }

  event(): { readonly kind: 'signature'; readonly documents: number } {
    return { kind: 'signature', documents: this.signed };
  }

  #signsAllAtOnce({ key }: Candidate): boolean {
    return !key.pinEachTime && !this.#order.relyingParty.pinForEachDocument;
  }
}
