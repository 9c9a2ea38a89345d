import { createHash } from 'node:crypto';
import type { Clock } from '../core/ports.js';
import { digestOf } from '../model/signature.js';
import { composeAssertion, finishAssertion } from '../oob/assertion.js';
import type { AcceptedOrder, OrderResult } from '../oob/oob-service.js';
import type { CardRemovals, PreparedRemoval } from './card-removal.js';
import type { Candidate } from './candidates.js';
import type { CardInUse, OrderWork } from './order-work.js';

/** What a login works with besides the card. */
export interface AuthenticateDependencies {
  readonly clock: Clock;
  readonly removals: CardRemovals;
}

/** Signs in: one assertion, which we compose, signed with the authentication key. */
export class Authenticate implements OrderWork {
  readonly signed = 0;
  readonly #dependencies: AuthenticateDependencies;
  readonly #order: AcceptedOrder;
  /** One key pair for the order, however often the PIN is asked for. */
  #removal: Promise<PreparedRemoval | undefined> | undefined;

  constructor(dependencies: AuthenticateDependencies, order: AcceptedOrder) {
    this.#dependencies = dependencies;
    this.#order = order;
  }

  next(): number {
    return 0;
  }

  async use({ candidate, sign }: CardInUse): Promise<OrderResult> {
    const { chain, algorithm, level, certificate } = candidate;
    const removal = await this.#prepareRemoval();
    const signingInput = composeAssertion({
      order: this.#order,
      chain,
      algorithm,
      level,
      subject: certificate.person.personId ?? certificate.person.commonName,
      now: this.#dependencies.clock.now(),
      ...(removal === undefined ? {} : { removalJwk: removal.jwk }),
    });
    const digest = createHash(digestOf(algorithm)).update(signingInput).digest();
    const [signature] = await sign([digest]);
    if (signature === undefined) throw new TypeError('Token has signed nothing');
    return { assertion: finishAssertion(signingInput, signature) };
  }

  async settle({ token }: Candidate): Promise<void> {
    await (await this.#prepareRemoval())?.arm(token.info.id);
  }

  event(): { readonly kind: 'login' } {
    return { kind: 'login' };
  }

  #prepareRemoval(): Promise<PreparedRemoval | undefined> {
    return (this.#removal ??= this.#dependencies.removals.prepare(this.#order));
  }
}
