import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { TlsOptions } from 'node:tls';
import type { Launcher } from '../../src/model/relying-party.js';
import { createRequestObject, levelUri, type CreatedRequest, type RequestWishes } from '../../src/verify/verify.js';
import { startPlain, startTls } from './remote-server.js';

/** What a call of the daemon's to a relying party gets: an answer, or none ever. */
export type RelyingAnswer =
  | {
      readonly status?: number;
      /** Sent as JSON. */
      readonly json?: unknown;
      readonly text?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | 'silence';

/** What the daemon has posted to one of the addresses. */
export type PostedBody = Readonly<Record<string, unknown>>;

/** What a relying party keeps of a launch, in the session of the browser that began it. */
export interface LaunchSession {
  readonly ref: string;
  readonly wishes: Partial<RequestWishes>;
  /** Of the request object, once the daemon has fetched it. */
  created: CreatedRequest | undefined;
  /** What was posted. */
  readonly answers: PostedBody[];
}

/** A relying party with its server: every address answers as it should, until a test says otherwise. */
export interface RelyingServer {
  readonly clientId: string;
  readonly origin: string;
  readonly displayName: string;
  readonly privateKey: KeyObject;
  /** What `kort rp add` takes. */
  readonly entry: Readonly<Record<string, unknown>>;
  readonly sessions: ReadonlyMap<string, LaunchSession>;
  /** The logout tokens that came. */
  readonly removals: string[];
  /** How often each path was called. */
  readonly calls: Readonly<Record<'request' | 'response' | 'removal', number>>;
  /** Calls that nobody has any business to make. */
  readonly strays: readonly string[];
  /** Instead of the right answers, where set. */
  onRequest: ((body: PostedBody) => RelyingAnswer | Promise<RelyingAnswer>) | undefined;
  onResponse: ((body: PostedBody) => RelyingAnswer | Promise<RelyingAnswer>) | undefined;
  onRemoval: (() => RelyingAnswer) | undefined;
  /** A request object, for whichever way. */
  ask(wishes: Partial<RequestWishes> & { readonly launchers: readonly Launcher[] }): Promise<CreatedRequest>;
  /** The browser begins a launch: a session with a `ref`. */
  begin(wishes?: Partial<RequestWishes>): LaunchSession;
  /** The right answer to the daemon's fetch, with claims as they should be or not. */
  requestFor(body: PostedBody, more?: Partial<RequestWishes>): Promise<RelyingAnswer>;
  close(): Promise<void>;
}

export interface RelyingServerOptions {
  readonly name: string;
  readonly launchers: readonly Launcher[];
  /** Plain http without. */
  readonly tls?: TlsOptions;
  /** Members of the entry besides the usual ones, by the server's own address. */
  readonly entry?: (url: string) => Readonly<Record<string, unknown>>;
}

const requestKeyId = '1';

export async function startRelyingServer(options: RelyingServerOptions): Promise<RelyingServer> {
  const { name, launchers, tls } = options;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const clientId = `urn:kort:e2e:${name}`;
  const sessions = new Map<string, LaunchSession>();
  const calls = { request: 0, response: 0, removal: 0 };
  const removals: string[] = [];
  const strays: string[] = [];

  const answerTo: RequestListener = (request, response) => {
    void handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  };
  const http = await (tls === undefined ? startPlain(answerTo) : startTls(tls, answerTo));
  const origin = tls === undefined ? http.url : `https://${name}.example`;
  const responseUri = `${http.url}/response`;
  const key = { privateKey, algorithm: 'ES256', keyId: requestKeyId } as const;

  const ask: RelyingServer['ask'] = async (wishes) =>
    await createRequestObject({ clientId, key, acrValues: [levelUri(3)], ...wishes });

  const party: RelyingServer = {
    clientId,
    origin,
    displayName: `TEST ${name}`,
    privateKey,
    entry: {
      client_id: clientId,
      display_name: { sv: `TEST ${name}`, en: `TEST ${name}` },
      origins: [origin],
      jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: requestKeyId, alg: 'ES256' }] },
      acr_values: [levelUri(2), levelUri(3)],
      launchers,
      purposes: ['auth', 'sign'],
      request_endpoint: `${http.url}/request`,
      response_endpoint: responseUri,
      ...options.entry?.(http.url),
    },
    sessions,
    removals,
    calls,
    strays,
    onRequest: undefined,
    onResponse: undefined,
    onRemoval: undefined,
    ask,
    begin(wishes = {}) {
      const ref = randomBytes(24).toString('base64url');
      const session: LaunchSession = { ref, wishes, created: undefined, answers: [] };
      sessions.set(ref, session);
      return session;
    },
    async requestFor(body, more = {}) {
      const session = sessions.get(String(body['ref']));
      // Given out once.
      if (session === undefined || session.created !== undefined) return { status: 404, json: {} };
      const directPost = { responseUri, walletNonce: String(body['wallet_nonce']) };
      const posted = launchers.filter((launcher) => launcher === 'redirect' || launcher === 'scheme');
      session.created = await ask({ launchers: posted, directPost, ...session.wishes, ...more });
      return { json: { request: session.created.request } };
    },
    close: () => http.close(),
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readBody(request);
    if (request.method !== 'POST' || !['/request', '/response', '/removal'].includes(request.url ?? '')) {
      strays.push(`${request.method} ${request.url}`);
      response.writeHead(404).end();
      return;
    }
    if (request.url === '/removal') {
      calls.removal += 1;
      const answer = party.onRemoval?.() ?? { status: 204 };
      removals.push(new URLSearchParams(text).get('logout_token') ?? '');
      send(response, answer);
      return;
    }
    const body = JSON.parse(text) as PostedBody;
    if (request.url === '/request') {
      calls.request += 1;
      send(response, await (party.onRequest ?? party.requestFor)(body));
    } else {
      calls.response += 1;
      sessions.get(String(body['ref']))?.answers.push(body);
      send(response, (await party.onResponse?.(body)) ?? { json: { redirect_uri: wayBack(origin) } });
    }
  }

  return party;
}

const wayBack = (origin: string): string => `${origin}/return?response_code=${randomBytes(16).toString('base64url')}`;

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, answer: RelyingAnswer): void {
  if (answer === 'silence') return;
  const { status = 200, json, text, headers } = answer;
  const type = json === undefined ? {} : { 'content-type': 'application/json' };
  response.writeHead(status, { ...type, ...headers }).end(json === undefined ? text : JSON.stringify(json));
}
