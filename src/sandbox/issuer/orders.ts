import { randomBytes } from 'node:crypto';
import { MiddlewareError } from '../../core/errors.js';
import type { CertificateInfo } from '../../model/certificate.js';
import type { CertificateOrder, CertificateOrderKind } from '../../model/certificate-order.js';
import type { KeySpec } from '../../model/key.js';
import { parseCertificate } from '../../pki/certificate.js';
import { isSuitableForAuthentication } from '../../pki/suitability.js';
import { authorityOf, organizationOf, type PersonRequest } from '../ca/person.js';
import type { RevocationBook } from '../ca/revocation-book.js';
import type { SandboxCa } from '../ca/sandbox-ca.js';
import { sandboxCards, type SandboxCardPlan } from '../sandbox-cards.js';
import type { OrderBook, StoredOrder } from './order-book.js';

/** Best first: RSA is what the field has. */
const keySpecs: readonly KeySpec[] = ['rsa-2048', 'ec-p256', 'ec-p384', 'rsa-3072', 'rsa-4096'];

const day = 86_400_000;
const lifetimes: Readonly<Record<CertificateOrderKind, number>> = {
  extra: 2 * 365 * day,
  renewal: 2 * 365 * day,
  'reserve-extension': 14 * day,
};

/** An order with the person whom it is for. */
export interface PersonOrder {
  readonly stored: StoredOrder;
  readonly person: PersonRequest;
}

/** What waits for whom. */
export class Orders {
  readonly #book: OrderBook;
  readonly #ca: SandboxCa;
  readonly #certificates: RevocationBook;

  /** Makes the first orders where there is no book yet, and sees that what was issued is known where it is revoked. */
  constructor(book: OrderBook, ca: SandboxCa, certificates: RevocationBook) {
    this.#book = book;
    this.#ca = ca;
    this.#certificates = certificates;
    if (book.isNew) this.reset();
    for (const order of this.all) this.#recordIssued(order);
  }

  get all(): readonly PersonOrder[] {
    return this.#book.all.flatMap((stored) => {
      const plan = sandboxCards.find(({ id }) => id === stored.card);
      return plan === undefined ? [] : { stored, person: plan.person };
    });
  }

  /** What nothing has been issued for yet. */
  get waiting(): readonly PersonOrder[] {
    return this.all.filter(({ stored }) => stored.issued === undefined);
  }

  /**
   * Has a certificate waiting for a card's holder; a renewal replaces the newest one for logins on that card.
   *
   * @throws {MiddlewareError} ERR_SANDBOX_NOT_RECORDED for the renewal of a card that an earlier version made.
   */
  add(plan: SandboxCardPlan, kind: CertificateOrderKind): PersonOrder {
    const stored = this.#create(plan, kind);
    this.#book.add(stored);
    return { stored, person: plan.person };
  }

  /** One more certificate for each person, the next one for each person's first card, and more time for the reserve card. */
  reset(): void {
    const firsts = sandboxCards.filter(
      ({ person }, index) => sandboxCards.findIndex((other) => other.person === person) === index,
    );
    this.#book.replaceAll(
      firsts.flatMap((plan) => [
        this.#create(plan, 'extra'),
        ...(this.#certificateOf(plan.id) === undefined ? [] : [this.#create(plan, 'renewal')]),
        ...(plan.person.level === 2 ? [this.#create(plan, 'reserve-extension')] : []),
      ]),
    );
  }

  /** Keeps what was issued; only then may it be given out. */
  keep({ stored, person }: PersonOrder, spkiSha256: string, certificate: Uint8Array): void {
    const issued = { spkiSha256, certificate: Buffer.from(certificate).toString('base64') };
    this.#book.issue(stored.id, issued);
    this.#recordIssued({ stored: { ...stored, issued }, person });
  }

  /** The order as it is told to clients. */
  describe({ stored, person }: PersonOrder): CertificateOrder {
    const { id, kind, notAfter, replaces } = stored;
    const issuer = parseCertificate(this.#ca.authorities[authorityOf(person)].certificate).subject;
    return {
      id,
      kind,
      personId: person.personId,
      holder: `${person.givenName} ${person.surname}`,
      organization: organizationOf(person),
      issuer,
      level: person.level,
      keySpecs,
      notAfter: new Date(notAfter).toISOString(),
      ...(replaces === undefined ? {} : { replaces }),
      ...(kind === 'extra' || person.cardNumber === undefined ? {} : { cardNumber: person.cardNumber }),
    };
  }

  #recordIssued({ stored: { card, issued }, person }: PersonOrder): void {
    if (issued === undefined) return;
    this.#certificates.record(card, authorityOf(person), new Uint8Array(Buffer.from(issued.certificate, 'base64')));
  }

  #create({ id: card }: SandboxCardPlan, kind: CertificateOrderKind): StoredOrder {
    const now = this.#ca.clock.now();
    const replaced = kind === 'renewal' ? this.#certificateOf(card) : undefined;
    if (kind === 'renewal' && replaced === undefined) {
      throw new MiddlewareError('ERR_SANDBOX_NOT_RECORDED', 'Certificates of this card are not recorded');
    }
    const order = {
      id: randomBytes(16).toString('base64url'),
      card,
      kind,
      notAfter: Math.floor((now + lifetimes[kind]) / 1000) * 1000,
    };
    return replaced === undefined ? order : { ...order, replaces: replaced.fingerprint };
  }

  /** The newest certificate for logins on a card: that of the card's first day, or what renewed it. */
  #certificateOf(card: string): CertificateInfo | undefined {
    let newest = this.#certificates.certificatesOf(card).map(parseCertificate).find(isSuitableForAuthentication);
    for (const { card: of, replaces, issued } of this.#book.all) {
      if (of !== card || issued === undefined || replaces !== newest?.fingerprint) continue;
      newest = parseCertificate(Buffer.from(issued.certificate, 'base64'));
    }
    return newest;
  }
}

/** An order in the members of the protocol (docs/enrollment.md). */
export function orderMembers(order: CertificateOrder): Readonly<Record<string, unknown>> {
  return {
    id: order.id,
    kind: order.kind,
    person_id: order.personId,
    holder: order.holder,
    organization: order.organization,
    issuer: order.issuer,
    level: order.level,
    key_specs: order.keySpecs,
    not_after: order.notAfter,
    replaces: order.replaces,
    card_number: order.cardNumber,
  };
}
