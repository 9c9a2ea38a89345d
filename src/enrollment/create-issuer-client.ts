import { z } from 'zod';
import { MiddlewareError } from '../core/errors.js';
import type { Clock, HttpAnswer, HttpCall, HttpClient } from '../core/ports.js';
import type { EnrollmentEndpoints } from '../model/relying-party.js';
import { protocol } from '../oob/protocol.js';
import { trustOf } from '../oob/remote-answer.js';
import { enroll, fetchCaCertificates, fetchWishes, type CallEst } from './est.js';
import { readIssuerJson, requireOk } from './issuer-answer.js';
import type { IssuerClient, IssuerLogin } from './issuer-client.js';
import { ordersSchema } from './order-schema.js';

/** What issuers are called with. */
export interface IssuerClientDependencies {
  readonly http: HttpClient;
  readonly clock: Clock;
}

/** An issuer may be slow where it makes a certificate. Nothing else ends that call. */
const enrollTimeoutMs = 30_000;

const opaque = z.string().regex(/^[!-~]{1,512}$/);

const openingSchema = z.object({ session: opaque, request: z.string().min(1).max(protocol.maxCompactBytes) });

/** What HTTP Basic can carry (RFC 7617 §2), for an hour at most. */
const credentialSchema = z.object({
  username: z.string().regex(/^[^:\p{Cc}]{1,256}$/u),
  password: z.string().regex(/^\P{Cc}{1,1024}$/u),
  expires_in: z
    .int()
    .min(1)
    .transform((seconds) => Math.min(seconds, 3600)),
});
type Credential = z.infer<typeof credentialSchema>;

/** The {@link IssuerClient} over HTTP. */
export function createIssuerClient({ http, clock }: IssuerClientDependencies): IssuerClient {
  return {
    async logIn({ clientId, endpoints }, answer, signal) {
      const { enrollment } = endpoints;
      if (enrollment === undefined) {
        throw new MiddlewareError('ERR_ISSUER_NONE', 'No issuer', { fields: { name: clientId } });
      }
      const send: Send = async (call) => await http.send({ ...call, trust: trustOf(endpoints) });
      const post = async <T>(body: unknown, schema: z.ZodType<T>, what: string) => {
        const received = await send({ ...postJson(enrollment.session, body), signal });
        requireOk(received, 'ERR_ISSUER_LOGIN');
        return { received, said: readIssuerJson(received, schema, enrollment.session, what) };
      };
      const opened = await post({ client_id: clientId }, openingSchema, 'session');
      const { session, request } = opened.said;
      const assertion = await answer(request);
      const { said: credential, received } = await post({ session, assertion }, credentialSchema, 'credential');
      const clockSkewMs = received.date === undefined ? undefined : received.date - clock.now();
      return loginWith({ send, clock, enrollment, credential, clockSkewMs });
    },
  };
}

type Send = (call: Omit<HttpCall, 'trust'>) => Promise<HttpAnswer>;

interface LoginParts {
  readonly send: Send;
  readonly clock: Clock;
  readonly enrollment: EnrollmentEndpoints;
  readonly credential: Credential;
  readonly clockSkewMs: number | undefined;
}

function loginWith({ send, clock, enrollment, credential, clockSkewMs }: LoginParts): IssuerLogin {
  const { username, password, expires_in: seconds } = credential;
  const end = clock.monotonic() + seconds * 1000;
  const sendAs = async (call: Omit<HttpCall, 'trust' | 'credential'>): Promise<HttpAnswer> => {
    // Whoever comes by an old credential must not learn it from us.
    if (clock.monotonic() >= end) throw new MiddlewareError('ERR_ISSUER_SESSION', 'Credential has ended');
    return await send({ ...call, credential: { username, password } });
  };
  const callEst: CallEst = async ({ path, accept, body }, signal) =>
    await sendAs({
      url: `${enrollment.est}${path}`,
      accept,
      signal,
      ...(body === undefined
        ? { method: 'GET' }
        : { method: 'POST', body: body.text, contentType: body.contentType, timeoutMs: enrollTimeoutMs }),
    });
  return {
    expiresAt: clock.now() + seconds * 1000,
    clockSkewMs,
    async orders(signal) {
      const received = await sendAs({ method: 'GET', url: enrollment.orders, accept: 'application/json', signal });
      requireOk(received, 'ERR_ISSUER_REFUSED');
      return readIssuerJson(received, ordersSchema, enrollment.orders, 'orders').orders;
    },
    caCertificates: async (signal) => await fetchCaCertificates(callEst, signal),
    wishes: async (signal) => await fetchWishes(callEst, signal),
    enroll: async (order, request) => await enroll(callEst, clock, order, request),
  };
}

const postJson = (url: string, body: unknown) =>
  ({
    method: 'POST',
    url,
    body: JSON.stringify(body),
    contentType: 'application/json',
    accept: 'application/json',
  }) as const satisfies Omit<HttpCall, 'trust'>;
