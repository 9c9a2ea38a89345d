import { join } from 'node:path';
import { MiddlewareError } from '../../core/errors.js';
import type { CertificateOrder, CertificateOrderKind } from '../../model/certificate-order.js';
import { levelUri } from '../../model/certificate.js';
import { isRecord } from '../../oob/protocol.js';
import type { RevocationBook } from '../ca/revocation-book.js';
import { trustPolicyOf, type SandboxCa } from '../ca/sandbox-ca.js';
import { portsFrom } from '../listen-on-one-of.js';
import { sandboxCards } from '../sandbox-cards.js';
import { jsonAnswer, NamedRefusal, Refusal, type IssuerAnswer } from './answers.js';
import { bookRevocation } from './book-revocation.js';
import { authenticate, type CallerRules } from './callers.js';
import { Enrollment } from './enrollment.js';
import { answerEst, estPath } from './est.js';
import { IssuerFaults } from './issuer-fault.js';
import { IssuerIdentity } from './issuer-identity.js';
import { startIssuerServer, type IssuerRequest } from './issuer-server.js';
import { OrderBook } from './order-book.js';
import { orderMembers, Orders } from './orders.js';
import { Sessions } from './sessions.js';
import type { IssuerFault } from '../../model/issuer-fault.js';

/** The issuer of a sandbox: certificates wait there for the holders of its cards. */
export interface SandboxIssuer {
  readonly url: string;
  /** False when another program holds its port. */
  readonly isServed: boolean;
  /** What a relying party's entry says. */
  readonly entry: Readonly<Record<string, unknown>>;
  /** With the card of the sandbox that each was ordered for. */
  readonly waiting: readonly { readonly card: string; readonly order: CertificateOrder }[];
  readonly fault: IssuerFault;
  setFault(fault: IssuerFault): void;
  /** @throws {MiddlewareError} ERR_SANDBOX_UNKNOWN, ERR_SANDBOX_NOT_RECORDED. */
  order(card: string, kind: CertificateOrderKind): CertificateOrder;
  /** The orders of the first start, and no fault; what was issued keeps its place in the lists. */
  reset(): void;
  close(): Promise<void>;
}

/** What an issuer is opened with. */
export interface IssuerOptions {
  /** Of the sandbox. */
  readonly folder: string;
  readonly ca: SandboxCa;
  /** PEM of its CAs. */
  readonly caFile: string;
  readonly certificates: RevocationBook;
  /** At the first start, the first free port from here; it is kept, since programs are told it. */
  readonly port: number;
  readonly limits?: Partial<IssuerLimits>;
}

/** How much is taken from clients. */
export interface IssuerLimits {
  /** Milliseconds for a TLS handshake and for the head of a request, and twice as many for all of it. */
  readonly patienceMs: number;
  /** Logins that are begun and not answered. */
  readonly openLogins: number;
}

const usualLimits: IssuerLimits = { patienceMs: 5000, openLogins: 256 };

const clientId = 'urn:kort:sandbox:issuer';
/** An assertion, and a request of one certificate, are well below. */
const maxSessionBytes = 98_304;
const maxRequestBytes = 32_768;
/** As many as clients take; the newest. */
const maxOrders = 64;

/** Opens the issuer that is kept in a sandbox's folder. */
export async function openSandboxIssuer(options: IssuerOptions): Promise<SandboxIssuer> {
  const { folder, ca, certificates } = options;
  const limits = { ...usualLimits, ...options.limits };
  const identity = await IssuerIdentity.open(join(folder, 'issuer.json'), ca);
  const orders = new Orders(new OrderBook(join(folder, 'orders.json')), ca, certificates);
  const faults = new IssuerFaults();
  const { key, keyId, jwk } = identity.requestKey;
  const judges = { policy: trustPolicyOf(ca), revocation: bookRevocation(ca, certificates), clock: ca.clock };
  const sessions = new Sessions({ clientId, key, keyId, openLogins: limits.openLogins, ...judges });
  const service: IssuerService = {
    callers: { sessions, ...judges },
    orders,
    enrollment: new Enrollment({ orders, ca, certificates, faults }),
    ca,
  };
  const server = await startIssuerServer(
    { identity: identity.serverFor(ca), patienceMs: limits.patienceMs },
    portsFrom(identity.port, options.port),
    async (request) => await answer(service, request),
  );
  if (identity.port === undefined && server !== undefined) identity.setPort(server.port);
  const url = `https://127.0.0.1:${identity.port ?? options.port}`;
  return {
    url,
    isServed: server !== undefined,
    entry: entryOf(jwk, options.caFile, url),
    get waiting() {
      return orders.waiting.map((order) => ({ card: order.stored.card, order: orders.describe(order) }));
    },
    get fault() {
      return faults.now;
    },
    setFault: (fault) => {
      faults.set(fault);
      server?.setDown(fault === 'down');
    },
    order: (card, kind) => orders.describe(orders.add(planOf(card), kind)),
    reset: () => {
      orders.reset();
      faults.set('none');
      server?.setDown(false);
    },
    close: async () => await server?.close(),
  };
}

function entryOf(jwk: object, caFile: string, url: string): Readonly<Record<string, unknown>> {
  return {
    client_id: clientId,
    display_name: { sv: 'Sandlådans utfärdare', en: 'Sandbox Issuer' },
    jwks: { keys: [jwk] },
    acr_values: [levelUri(2), levelUri(3)],
    launchers: ['process'],
    purposes: ['auth'],
    ca_file: caFile,
    enrollment: {
      session_endpoint: `${url}/session`,
      orders_endpoint: `${url}/orders`,
      est_endpoint: `${url}/.well-known/est`,
    },
  };
}

function planOf(card: string) {
  const plan = sandboxCards.find(({ id }) => id === card);
  if (plan !== undefined) return plan;
  throw new MiddlewareError('ERR_SANDBOX_UNKNOWN', 'No such virtual card', { fields: { kind: 'card', name: card } });
}

interface IssuerService {
  readonly callers: CallerRules;
  readonly orders: Orders;
  readonly enrollment: Enrollment;
  readonly ca: SandboxCa;
}

async function answer(service: IssuerService, request: IssuerRequest): Promise<IssuerAnswer> {
  const { message, clientCertificate, tlsUnique } = request;
  const { method = '', url = '', headers } = message;
  const caller = async () =>
    await authenticate({ authorization: headers.authorization, clientCertificate }, service.callers);
  const contentType = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (url === '/session') {
    if (method !== 'POST') throw new Refusal(405, 'Only POST here.', { allow: 'POST' });
    if (contentType !== 'application/json') throw new NamedRefusal(415, 'not_json', 'The body is to be JSON.');
    return await answerSession(service.callers.sessions, await request.body(maxSessionBytes));
  }
  if (url === '/orders') {
    if (method !== 'GET') throw new Refusal(405, 'Only GET here.', { allow: 'GET' });
    const { personId } = await caller();
    const own = service.orders.waiting.filter(({ person }) => person.personId === personId).slice(-maxOrders);
    return jsonAnswer({ orders: own.map((order) => orderMembers(service.orders.describe(order))) });
  }
  const [, label, operation] = estPath.exec(url) ?? [];
  if (operation === undefined) throw new Refusal(404, 'Nothing is here.');
  const body = async () => await request.body(maxRequestBytes);
  const call = { method, operation, label, contentType, tlsUnique, caller, body };
  return await answerEst(call, service.ca, service.enrollment);
}

/** Begins a login, `{client_id}`, or takes its answer, `{session, assertion}`. */
async function answerSession(sessions: Sessions, body: Uint8Array): Promise<IssuerAnswer> {
  const asked = parse(body);
  const { client_id: named, session, assertion, ...rest } = isRecord(asked) ? asked : {};
  if (Object.keys(rest).length === 0) {
    if (typeof named === 'string' && session === undefined && assertion === undefined) {
      return jsonAnswer(await sessions.start(named));
    }
    if (typeof session === 'string' && typeof assertion === 'string' && named === undefined) {
      return jsonAnswer(await sessions.finish(session, assertion));
    }
  }
  throw new NamedRefusal(400, 'malformed', 'The body is to be {client_id}, or {session, assertion}.');
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString());
  } catch {
    return undefined;
  }
}
