import { connect } from 'node:net';
import { systemClock } from '../../src/core/ports.js';
import { startLoopback, type Loopback, type LoopbackOptions } from '../../src/daemon/loopback/start-loopback.js';
import type { RelyingParty } from '../../src/model/relying-party.js';
import { createPeerLookup } from '../../src/platform/peer-lookup.js';
import { recordingLaunches } from './recording-launches.js';
import { recordingLogger } from './recording-logger.js';

export const registeredOrigin = 'https://login.tolvan.example';
export const foreignOrigin = 'https://attacker.example';

export const testRelyingParty: RelyingParty = {
  clientId: 'tolvan',
  displayName: { sv: 'TEST Tolvan inloggning', en: 'TEST Tolvan sign-in' },
  origins: [registeredOrigin],
  endpoints: { pins: [] },
  unbound: false,
  pinForEachDocument: false,
  jwks: { keys: [] },
  acrValues: [],
  issuers: [],
  launchers: ['page', 'process', 'redirect'],
  purposes: ['auth', 'sign'],
  source: 'user',
};

/** The endpoint on a free port, with the system's real peer lookup. */
export function startTestLoopback(
  options: Pick<LoopbackOptions, 'service'> & Partial<LoopbackOptions>,
): Promise<Loopback> {
  return startLoopback({
    launches: recordingLaunches({ ...testRelyingParty, origins: [] }),
    peerLookup: createPeerLookup(),
    port: 0,
    logger: recordingLogger(),
    clock: systemClock,
    version: '0.0.0',
    ...options,
  });
}

export interface RawAnswer {
  /** Everything that arrived before the connection ended. */
  readonly text: string;
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How the connection ended: closed by the server in order, or reset. */
  readonly error: string | undefined;
}

/** Sends these bytes over a new connection and reads until the server ends it. */
export function exchange(port: number, chunks: string | readonly string[], host = '127.0.0.1'): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let text = '';
    let error: string | undefined;
    socket.setEncoding('latin1');
    socket.on('data', (data) => (text += String(data)));
    socket.on('error', (cause: NodeJS.ErrnoException) => (error = cause.code));
    socket.on('close', () => resolve({ ...parseAnswer(text), error }));
    for (const chunk of typeof chunks === 'string' ? [chunks] : chunks) socket.write(chunk, 'latin1');
  });
}

export function parseAnswer(text: string): Omit<RawAnswer, 'error'> {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1];
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { text, status: status === undefined ? undefined : Number(status), headers, body: rest.join('\r\n\r\n') };
}

/** Header lines; an array gives the field several times, undefined leaves it out. */
export type HeaderLines = Readonly<Record<string, string | readonly string[] | undefined>>;

export const pageHeaders: HeaderLines = {
  origin: registeredOrigin,
  'sec-fetch-site': 'cross-site',
  'sec-fetch-mode': 'cors',
  'sec-fetch-dest': 'empty',
};

/** What Chromium sends when a page of that origin, with `Referrer-Policy: origin`, opens /start in the main frame. */
export const launchHeaders: HeaderLines = {
  referer: `${registeredOrigin}/`,
  'sec-fetch-site': 'cross-site',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'accept-language': 'en',
};

/** What it sends when it goes on by itself from there. */
export const waitHeaders: HeaderLines = {
  'sec-fetch-site': 'same-origin',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'accept-language': 'en',
};

export const testRef = 'r'.repeat(22);
export const testLaunchPath = `/oob/v1/start?client_id=${testRelyingParty.clientId}&ref=${testRef}`;

/** A request as text: what a correct client sends, with the given headers on top. */
export function requestText(port: number, method: string, path: string, headers: HeaderLines, body?: string): string {
  const defaults: HeaderLines = {
    host: `127.0.0.1:${port}`,
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
  };
  const lines = Object.entries({ ...defaults, ...headers }).flatMap(([name, values]) =>
    (values === undefined ? [] : [values].flat()).map((value) => `${name}: ${value}\r\n`),
  );
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`;
}
