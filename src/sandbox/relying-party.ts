import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { MiddlewareError } from '../core/errors.js';
import { levelUri, type AssuranceLevel } from '../model/certificate.js';
import type { Bilingual } from '../model/relying-party.js';
import type { TrustPolicy } from '../model/trust.js';
import { isRecord } from '../oob/protocol.js';
import { createRequestObject, verifyAssertion, type VerifiedLogin } from '../verify/verify.js';

/** A relying party to try logins with: a local program, so that it needs no browser. */
export interface SandboxRelyingParty {
  /** What `kort rp add` takes. */
  readonly entry: Readonly<Record<string, unknown>>;
  readonly displayName: Bilingual;
  /**
   * Asks the daemon on this loopback port for a login, waits for it, and verifies the answer. Tells where the time went.
   *
   * @throws {MiddlewareError} ERR_SANDBOX_LOGIN with the daemon's `hintCode` or `errorCode`; ERR_VERIFY_… for an answer
   *   that does not hold.
   */
  login(options: SandboxLogin): Promise<TimedLogin>;
}

/** One login. */
export interface SandboxLogin {
  readonly port: number;
  readonly level: AssuranceLevel;
  /** Levels that it takes as well. */
  readonly otherLevels?: readonly AssuranceLevel[];
  readonly trust: TrustPolicy;
  /** What the prompt shows as the service's own words; at most 300 characters. */
  readonly bindingMessage?: string | undefined;
  /** Told the code that the prompt shows too. */
  readonly onStarted?: (confirmationCode: string) => void;
}

/** A verified login, and its times in milliseconds. */
export interface TimedLogin {
  readonly login: VerifiedLogin;
  /** Until the daemon had accepted the request. */
  readonly startMs: number;
  /** Prompt, PIN and card. */
  readonly answerMs: number;
  readonly verifyMs: number;
}

const clientId = 'urn:kort:sandbox:clinic';
const displayName = { sv: 'Sandlådans vårdcentral', en: 'Sandbox Health Centre' } as const;
const keyId = 'sandbox-1';

/** Makes a relying party with a new key. */
export function createSandboxRelyingParty(): SandboxRelyingParty {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    displayName,
    entry: {
      client_id: clientId,
      display_name: displayName,
      jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: keyId, alg: 'ES256' }] },
      acr_values: [levelUri(2), levelUri(3)],
      launchers: ['process'],
      purposes: ['auth'],
    },
    login: async (options) => await login(privateKey, options),
  };
}

async function login(
  privateKey: KeyObject,
  { port, level, otherLevels = [], trust, bindingMessage, onStarted }: SandboxLogin,
): Promise<TimedLogin> {
  const begun = performance.now();
  const { request, nonce, confirmationCode } = await createRequestObject({
    clientId,
    key: { privateKey, algorithm: 'ES256', keyId },
    launchers: ['process'],
    acrValues: [level, ...otherLevels].map(levelUri),
    ...(bindingMessage === undefined ? {} : { bindingMessage }),
  });
  const { orderRef } = await call(port, '/oob/v1/auth', { request });
  const started = performance.now();
  onStarted?.(confirmationCode);
  const assertion = await collect(port, orderRef);
  const answered = performance.now();
  const unused = new Set([nonce]);
  const verified = await verifyAssertion(assertion, {
    clientId,
    request,
    origins: [],
    policy: trust,
    consumeNonce: (value) => Promise.resolve(unused.delete(value)),
  });
  const verifyMs = performance.now() - answered;
  return { login: verified, startMs: started - begun, answerMs: answered - started, verifyMs };
}

async function collect(port: number, orderRef: unknown): Promise<string> {
  for (;;) {
    const answer = await call(port, '/oob/v1/collect', { orderRef, waitSeconds: 25 });
    if (answer['status'] === 'complete') return String(answer['assertion']);
    if (answer['status'] !== 'pending') throw failed({ hintCode: String(answer['hintCode']) });
  }
}

/** A call as a local program makes it. Node's fetch would send Sec-Fetch-Mode, which only a page's call may carry. */
function call(port: number, path: string, body: unknown): Promise<Readonly<Record<string, unknown>>> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const request = httpRequest(
      { host: '127.0.0.1', port, path, method: 'POST', headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const answer: unknown = JSON.parse(Buffer.concat(chunks).toString() || 'null');
          if (response.statusCode === 200 && isRecord(answer)) resolve(answer);
          else
            reject(failed({ errorCode: isRecord(answer) ? String(answer['errorCode']) : String(response.statusCode) }));
        });
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(JSON.stringify(body));
  });
}

function failed(fields: { readonly hintCode: string } | { readonly errorCode: string }): MiddlewareError {
  return new MiddlewareError('ERR_SANDBOX_LOGIN', 'Sandbox login failed', { fields });
}
