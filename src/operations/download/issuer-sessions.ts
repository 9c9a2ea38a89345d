import { randomUUID } from 'node:crypto';
import { isMiddlewareError, MiddlewareError } from '../../core/errors.js';
import type { Clock, Logger } from '../../core/ports.js';
import type { IssuerClient, IssuerLogin } from '../../enrollment/issuer-client.js';
import type { CertificateInfo } from '../../model/certificate.js';
import type { CertificateOrder } from '../../model/certificate-order.js';
import type { CardName } from '../../model/pin-care.js';
import type { RelyingParty } from '../../model/relying-party.js';
import type { OobCaller, OobService } from '../../oob/oob-service.js';
import { isRecord } from '../../oob/protocol.js';
import type { RelyingPartyRegistry } from '../../oob/registry.js';
import type { TokenRegistry } from '../../tokens/token-registry.js';
import { describeCard } from '../pin-card.js';
import { leafOfAssertion } from './assertion-leaf.js';

/** What sessions at issuers are made from. */
export interface IssuerSessionsOptions {
  readonly client: IssuerClient;
  readonly registry: () => RelyingPartyRegistry;
  readonly service: Pick<OobService, 'start' | 'collect' | 'cancel'>;
  readonly tokens: Pick<TokenRegistry, 'entries'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The connection that a session belongs to. */
export interface SessionOwner {
  /** Aborted when it ends. */
  readonly signal: AbortSignal;
}

/** Signed in at an issuer. */
export interface SignedIn {
  readonly id: string;
  readonly issuer: RelyingParty;
  readonly login: IssuerLogin;
  /** Of the certificate that signed in. */
  readonly leaf: CertificateInfo;
  readonly orders: readonly CertificateOrder[];
}

/** The logins at issuers, in memory only. Each belongs to one connection, and ends with it or with its time. */
export interface IssuerSessions {
  /** Those that certificates can be downloaded from. */
  readonly issuers: readonly RelyingParty[];
  /**
   * Logs in with a card, which the user is asked for at the attached surfaces.
   *
   * @param onHint - told how the login stands.
   * @throws {MiddlewareError} ERR_ISSUER_NONE, ERR_ISSUER_AMBIGUOUS; ERR_ISSUER_LOGIN with `hintCode`; as
   *   {@link IssuerClient}.
   */
  signIn(issuer: string | undefined, owner: SessionOwner, onHint: (hint: string) => void): Promise<SignedIn>;
  /** @throws {MiddlewareError} ERR_ISSUER_SESSION for one that has ended, and for another connection's. */
  find(id: string, owner: SessionOwner): SignedIn;
  /** Does nothing to one that has ended, or is another connection's. */
  signOut(id: string, owner: SessionOwner): void;
  /** The card that holds the certificate that signed in, if it is inserted. */
  cardOf(session: SignedIn): CardName | undefined;
}

const caller: OobCaller = { launcher: 'process', origin: undefined, own: true };

/** A login is looked at this often at least; what changes in it is told at once. */
const lookMs = 30_000;

/** Sessions of which none is open. */
export function createIssuerSessions(options: IssuerSessionsOptions): IssuerSessions {
  const sessions = new Map<string, { readonly session: SignedIn; readonly owner: SessionOwner; end(): void }>();

  const keep = (session: SignedIn, owner: SessionOwner): void => {
    const { id, login } = session;
    const end = (): void => {
      clearTimeout(timer);
      owner.signal.removeEventListener('abort', end);
      sessions.delete(id);
    };
    const timer = setTimeout(end, Math.max(0, login.expiresAt - options.clock.now()));
    timer.unref();
    owner.signal.addEventListener('abort', end, { once: true });
    sessions.set(id, { session, owner, end });
  };

  const ofOwner = (owner: SessionOwner, issuer: string) =>
    [...sessions.values()].filter((held) => held.owner === owner && held.session.issuer.clientId === issuer);

  return {
    get issuers() {
      return issuersIn(options.registry());
    },
    async signIn(named, owner, onHint) {
      const issuer = chooseIssuer(issuersIn(options.registry()), named);
      const { signal } = owner;
      signal.throwIfAborted();
      let leaf: CertificateInfo | undefined;
      const answer = async (request: string): Promise<string> => {
        // An issuer that hands on another relying party's request would be signed in there as this person.
        if (askerOf(request) !== issuer.clientId) {
          throw new MiddlewareError('ERR_ISSUER_RESPONSE', "Issuer handed on another relying party's request");
        }
        const assertion = await answerRequest(request, options, signal, onHint);
        leaf = leafOfAssertion(assertion);
        return assertion;
      };
      const login = await options.client.logIn(issuer, answer, signal);
      if (leaf === undefined) throw new MiddlewareError('ERR_ISSUER_RESPONSE', 'Issuer did not ask for a login');
      const orders = await login.orders(signal);
      signal.throwIfAborted();
      for (const held of ofOwner(owner, issuer.clientId)) held.end();
      const session: SignedIn = { id: randomUUID(), issuer, login, leaf, orders };
      keep(session, owner);
      options.logger.info({ issuer: issuer.clientId, orders: orders.length }, 'Signed in at an issuer');
      return session;
    },
    find(id, owner) {
      const held = sessions.get(id);
      if (held?.owner !== owner || held.session.login.expiresAt <= options.clock.now()) {
        throw new MiddlewareError('ERR_ISSUER_SESSION', 'Not signed in at the issuer');
      }
      return held.session;
    },
    signOut(id, owner) {
      const held = sessions.get(id);
      if (held?.owner === owner) held.end();
    },
    cardOf: ({ leaf }) => {
      const entry = options.tokens.entries.find(({ certificates = [] }) =>
        certificates.some(({ certificate }) => certificate.fingerprint === leaf.fingerprint),
      );
      return entry?.token && describeCard(entry.token.info);
    },
  };
}

function issuersIn({ all }: RelyingPartyRegistry): readonly RelyingParty[] {
  return all.filter(({ endpoints }) => endpoints.enrollment !== undefined);
}

function chooseIssuer(issuers: readonly RelyingParty[], named: string | undefined): RelyingParty {
  const [first, second] = named === undefined ? issuers : issuers.filter(({ clientId }) => clientId === named);
  if (first === undefined) {
    throw new MiddlewareError('ERR_ISSUER_NONE', 'No such issuer', {
      fields: named === undefined ? {} : { name: named },
    });
  }
  if (second !== undefined) throw new MiddlewareError('ERR_ISSUER_AMBIGUOUS', 'Several issuers could be meant');
  return first;
}

/** Whom a request says that it is from; that it tells the truth, the login itself sees to. */
function askerOf(request: string): unknown {
  const [, payload = ''] = request.split('.', 2);
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return isRecord(claims) ? claims['iss'] : undefined;
  } catch {
    return undefined;
  }
}

/** Has a request object answered with a card. Whoever goes away cancels the order, and its prompt. */
async function answerRequest(
  request: string,
  { service, logger }: IssuerSessionsOptions,
  signal: AbortSignal,
  onHint: (hint: string) => void,
): Promise<string> {
  const { orderRef } = await service.start(request, caller, 'auth');
  try {
    return await collectAssertion(orderRef, service, signal, onHint);
  } catch (error) {
    await service.cancel(orderRef, caller).catch((cause: unknown) => {
      if (!isMiddlewareError(cause, 'ERR_OOB_NOT_FOUND')) logger.warn({ error: cause }, 'Login was not cancelled');
    });
    throw error;
  }
}

async function collectAssertion(
  orderRef: string,
  service: Pick<OobService, 'collect'>,
  signal: AbortSignal,
  onHint: (hint: string) => void,
): Promise<string> {
  for (let told: string | undefined; ;) {
    signal.throwIfAborted();
    const answer = await service.collect(orderRef, caller, told === undefined ? 0 : lookMs, signal);
    if (answer.status === 'complete' && 'assertion' in answer) return answer.assertion;
    if (answer.status !== 'pending') {
      const hintCode = answer.status === 'failed' ? answer.hintCode : 'startFailed';
      throw new MiddlewareError('ERR_ISSUER_LOGIN', 'The login did not succeed', {
        fields: { hintCode },
        retriable: true,
      });
    }
    if (answer.hintCode !== told) onHint(answer.hintCode);
    told = answer.hintCode;
  }
}
