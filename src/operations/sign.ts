import type { Clock } from '../core/ports.js';
import type { AcceptedOrder, OrderResult } from '../oob/oob-service.js';
import { composeCades } from '../pki/cades.js';
import type { Candidate } from './candidates.js';
import type { CardInUse, OrderWork } from './order-work.js';

/** What a signature works with besides the card. */
export interface SignDependencies {
  readonly clock: Clock;
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

  next({ key }: Candidate): number {
    const eachTime = key.pinEachTime || this.#order.relyingParty.pinForEachDocument;
    return eachTime ? 1 : this.#order.documents.length - this.signed;
  }

  async use({ candidate, sign }: CardInUse): Promise<OrderResult | undefined> {
    const { documents } = this.#order;
    const next = documents.slice(this.signed, this.signed + this.next(candidate));
    const { chain, algorithm } = candidate;
    const { requestHash } = this.#order;
    const now = this.#dependencies.clock.now();
    const drafts = next.map(({ digestAlgorithm, digest }) =>
      composeCades({ digestAlgorithm, digest, chain, algorithm, requestHash, now }),
    );
    const signatures = await sign(drafts.map(({ digest }) => digest));
    const finished = drafts.flatMap((draft, index) => {
      const signature = signatures[index];
      return signature === undefined ? [] : [draft.finish(signature)];
    });
    if (finished.length !== drafts.length) throw new TypeError('Token has signed fewer documents');
    this.#signatures = [...this.#signatures, ...finished];
    return this.signed === documents.length ? { signatures: this.#signatures } : undefined;
  }

  settle(): Promise<void> {
    return Promise.resolve();
  }

  event(): { readonly kind: 'signature'; readonly documents: number } {
    return { kind: 'signature', documents: this.signed };
  }
}
