import { createHash, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto';
import { isMiddlewareError } from '../../core/errors.js';
import type { Clock } from '../../core/ports.js';
import { levelUri, type CertificateInfo } from '../../model/certificate.js';
import type { TrustPolicy } from '../../model/trust.js';
import type { RevocationChecker } from '../../verify/revocation-verdict.js';
import { NamedRefusal } from './answers.js';
import { RateWindow } from './rate-window.js';

/** How logins are asked for and judged. */
export interface SessionOptions {
  readonly clientId: string;
  /** ES256. */
  readonly key: KeyObject;
  readonly keyId: string;
  /** So many may be begun and not answered. */
  readonly openLogins: number;
  readonly policy: TrustPolicy;
  readonly revocation: RevocationChecker;
  readonly clock: Clock;
}

/** A short-lived name and password for HTTP Basic, as the client gets them. */
export interface IssuedCredential {
  readonly username: string;
  readonly password: string;
  readonly expires_in: number;
}

interface PendingLogin {
  readonly request: string;
  readonly nonce: string;
  readonly endsAt: number;
}

interface Credential {
  readonly passwordHash: Uint8Array;
  readonly certificate: CertificateInfo;
  readonly endsAt: number;
}

const credentialSeconds = 600;
/** As long as an answer to a request may take: kort/verify takes none after. */
const loginMs = 660_000;
const maxCredentials = 256;
const startsPerMinute = 600;

/** Logins on their way, and the credentials that they ended in; in memory alone. */
export class Sessions {
  readonly #options: SessionOptions;
  readonly #pending = new Map<string, PendingLogin>();
  readonly #credentials = new Map<string, Credential>();
  readonly #starts: RateWindow;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#starts = new RateWindow(startsPerMinute, 60_000, options.clock);
  }

  /** Begins a login. @throws {Refusal} 400, 429. */
  async start(clientId: string): Promise<{ readonly session: string; readonly request: string }> {
    const { key, keyId, clock } = this.#options;
    if (clientId !== this.#options.clientId) {
      throw new NamedRefusal(400, 'unknown_client', `This issuer is ${this.#options.clientId}.`);
    }
    this.#dropEnded();
    if (!this.#starts.take()) throw tooMany();
    const { createRequestObject } = await import('../../verify/create-request.js');
    const { request, nonce } = await createRequestObject({
      clientId,
      key: { privateKey: key, algorithm: 'ES256', keyId },
      launchers: ['process'],
      acrValues: [levelUri(3), levelUri(2)],
      now: clock.now(),
    });
    // Nothing is awaited from here: those that come at once must not all find room.
    if (this.#pending.size >= this.#options.openLogins) throw tooMany();
    const session = randomBytes(32).toString('base64url');
    this.#pending.set(session, { request, nonce, endsAt: clock.now() + loginMs });
    return { session, request };
  }

  /** Takes the answer to a login, once. @throws {Refusal} 401. */
  async finish(session: string, assertion: string): Promise<IssuedCredential> {
    this.#dropEnded();
    const login = this.#pending.get(session);
    if (login === undefined) {
      throw new NamedRefusal(401, 'unknown_session', 'This login is not known: it was used, or has taken too long.');
    }
    // Before anything is awaited: of two answers at once, one counts.
    this.#pending.delete(session);
    const certificate = await this.#verify(login, assertion);
    const [oldest] = this.#credentials.keys();
    if (oldest !== undefined && this.#credentials.size >= maxCredentials) this.#credentials.delete(oldest);
    const username = randomBytes(16).toString('base64url');
    const password = randomBytes(32).toString('base64url');
    const endsAt = this.#options.clock.now() + credentialSeconds * 1000;
    this.#credentials.set(username, { passwordHash: hashOf(password), certificate, endsAt });
    return { username, password, expires_in: credentialSeconds };
  }

  /** The certificate that logged in; undefined for a credential that is wrong or has ended. */
  certificateOf(username: string, password: string): CertificateInfo | undefined {
    this.#dropEnded();
    const credential = this.#credentials.get(username);
    const isRight = credential !== undefined && timingSafeEqual(credential.passwordHash, hashOf(password));
    return isRight ? credential.certificate : undefined;
  }

  async #verify({ request, nonce }: PendingLogin, assertion: string): Promise<CertificateInfo> {
    const { clientId, policy, revocation, clock } = this.#options;
    const { verifyAssertion } = await import('../../verify/verify-assertion.js');
    const unused = new Set([nonce]);
    try {
      const { certificate } = await verifyAssertion(assertion, {
        clientId,
        request,
        origins: [],
        policy,
        revocation,
        consumeNonce: (value) => Promise.resolve(unused.delete(value)),
        now: clock.now(),
      });
      return certificate;
    } catch (error) {
      if (!isMiddlewareError(error)) throw error;
      if (error.code === 'ERR_VERIFY_REVOKED') {
        throw new NamedRefusal(401, 'revoked', 'The certificate that signed the login is revoked.');
      }
      throw new NamedRefusal(401, 'login_refused', `The answer to the login does not hold (${error.code}).`);
    }
  }

  #dropEnded(): void {
    const now = this.#options.clock.now();
    for (const kept of [this.#pending, this.#credentials]) {
      for (const [name, { endsAt }] of kept) if (endsAt <= now) kept.delete(name);
    }
  }
}

const tooMany = (): NamedRefusal =>
  new NamedRefusal(429, 'too_many_logins', 'Too many logins have been begun.', { 'retry-after': '60' });

const hashOf = (password: string): Uint8Array => createHash('sha256').update(password).digest();
