import { createHash, X509Certificate } from 'node:crypto';
import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MiddlewareError } from '../../src/core/errors.js';
import type { HttpCall } from '../../src/core/ports.js';
import { createTlsRoots } from '../../src/platform/ca-bundle.js';
import { createHttpClient } from '../../src/platform/http-client.js';
import { issueCertificate } from '../../src/pki/issue-certificate.js';
import { generateIssuingKey } from '../../src/pki/issuing-key.js';
import type { IssuedCertificate } from '../../src/sandbox/ca/sandbox-ca.js';
import {
  createServerCa,
  listen,
  startPlain,
  startTls,
  tlsOptionsOf,
  type RemoteServer,
  type ServerCa,
} from '../support/remote-server.js';

const client = createHttpClient();
let ca: ServerCa;
let issued: IssuedCertificate;
let servers: RemoteServer[] = [];

beforeAll(async () => {
  ca = await createServerCa();
  issued = await ca.issue(['localhost']);
});
afterAll(() => ca.remove());
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

const run = async (starting: Promise<RemoteServer>): Promise<RemoteServer> => {
  const server = await starting;
  servers.push(server);
  return server;
};
const serve = async (answer: RequestListener, certificate = issued): Promise<RemoteServer> =>
  await run(startTls(tlsOptionsOf(certificate), answer));
/** A server that says these bytes over a plain connection, however the connection goes on. */
const serveRaw = async (talk: (socket: Socket) => void): Promise<RemoteServer> =>
  await run(
    listen(
      createServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => talk(socket));
      }),
      'http://127.0.0.1',
    ),
  );

const get = (url: string, trust: Partial<HttpCall['trust']> = {}, more: Partial<HttpCall> = {}): HttpCall => ({
  method: 'GET',
  url,
  trust: { caFile: ca.caFile, pins: [], ...trust },
  ...more,
});
const failureOf = async (call: HttpCall, used = client): Promise<MiddlewareError> =>
  (await used.send(call).then(
    () => expect.unreachable('the call succeeded'),
    (error: unknown) => error,
  )) as MiddlewareError;
const pinOf = (der: Uint8Array): string =>
  createHash('sha256')
    .update(new X509Certificate(der).publicKey.export({ format: 'der', type: 'spki' }))
    .digest('base64');

describe('createHttpClient() over TLS', () => {
  it('sends a credential as HTTP Basic, in UTF-8, and none unless one is given', async () => {
    const seen: (string | undefined)[] = [];
    const { url } = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end();
    });
    await client.send(get(url, {}, { credential: { username: 'åsa', password: 'a:b c' } }));
    await client.send(get(url));
    expect(seen).toEqual([`Basic ${Buffer.from('åsa:a:b c').toString('base64')}`, undefined]);
  });

  it.each([
    { username: 'tolvan:b', password: 'hemligt' },
    { username: 'tolvan\n', password: 'hemligt' },
    { username: 'tolvan', password: 'hemligt\u0000' },
  ])('refuses a credential that HTTP Basic cannot carry before anything is called', async (credential) => {
    const call = get('https://localhost:1', {}, { credential });
    const error = await failureOf(call);
    expect(error).toBeInstanceOf(RangeError);
    expect(inspect(error)).not.toMatch(/tolvan|hemligt/);
  });

  it('posts, and answers with status, media type, date, headers and body', async () => {
    const seen: unknown[] = [];
    const { url, port } = await serve((request, response) => {
      request.setEncoding('utf8').on('data', (body) => {
        seen.push(request.method, request.url, request.headers, body);
        response.writeHead(201, {
          'content-type': 'Application/JSON; charset=utf-8',
          date: 'Fri, 02 Jan 2026 03:04:05 GMT',
          'set-cookie': 'a=b',
          'referrer-policy': 'origin',
        });
        response.end('{"å":1}');
      });
    });
    const answer = await client.send(
      get(`${url}/take?x=1`, {}, { method: 'POST', body: 'räksmörgås', contentType: 'text/plain', accept: 'a/b' }),
    );
    expect(answer).toMatchObject({ status: 201, contentType: 'application/json', date: Date.UTC(2026, 0, 2, 3, 4, 5) });
    expect(answer.headers).toMatchObject({ 'referrer-policy': 'origin' });
    expect(Buffer.from(answer.body).toString()).toBe('{"å":1}');
    expect(seen).toEqual([
      'POST',
      '/take?x=1',
      {
        host: `localhost:${port}`,
        connection: 'close',
        'user-agent': 'kort',
        'accept-encoding': 'identity',
        accept: 'a/b',
        'content-type': 'text/plain',
        'content-length': '13',
      },
      'räksmörgås',
    ]);
  });

  it('neither follows a redirect, nor brings a cookie along', async () => {
    const asked: unknown[] = [];
    const { url } = await serve((request, response) => {
      asked.push([request.url, request.headers.cookie]);
      response.writeHead(302, { location: '/elsewhere', 'set-cookie': 'session=1' }).end();
    });
    await expect(client.send(get(url))).resolves.toMatchObject({ status: 302 });
    await client.send(get(url));
    expect(asked).toEqual([
      ['/', undefined],
      ['/', undefined],
    ]);
  });

  it('uses a connection of its own for each call, and leaves none open', async () => {
    const ports = new Set<number | undefined>();
    const { url } = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.writeHead(200, { connection: 'keep-alive' }).end();
    });
    await client.send(get(url));
    await client.send(get(url));
    expect(ports.size).toBe(2);
  });

  it('looks at no proxy of the environment', async () => {
    const { url } = await serve((_request, response) => response.end('direct'));
    process.env['https_proxy'] = process.env['HTTPS_PROXY'] = 'http://127.0.0.1:9';
    try {
      await expect(client.send(get(url))).resolves.toMatchObject({ status: 200 });
    } finally {
      delete process.env['https_proxy'];
      delete process.env['HTTPS_PROXY'];
    }
  });
});

describe('createHttpClient(), whom it believes', () => {
  let asked = 0;
  const count: RequestListener = (_request, response) => {
    asked += 1;
    response.end();
  };
  beforeAll(() => (asked = 0));
  afterEach(() => (asked = 0));

  const refuses = async (call: HttpCall, reason: string): Promise<void> => {
    const error = await failureOf(call);
    expect(error).toMatchObject({ code: 'ERR_REMOTE_TLS', fields: { host: new URL(call.url).host, reason } });
    expect(asked).toBe(0);
  };

  it('does not believe a CA that is not the entry’s', async () => {
    const { url } = await serve(count);
    const other = await createServerCa();
    await refuses(get(url, { caFile: other.caFile }), 'untrusted');
    other.remove();
  });

  it('does not believe an unknown CA by the usual roots', async () => {
    const { url } = await serve(count);
    await refuses({ method: 'GET', url, trust: { pins: [] } }, 'untrusted');
  });

  it('believes nobody by NODE_TLS_REJECT_UNAUTHORIZED', async () => {
    const { url } = await serve(count);
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      await refuses({ method: 'GET', url, trust: { pins: [] } }, 'untrusted');
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    }
  });

  it('refuses an expired certificate', async () => {
    const { url } = await serve(count, await ca.issue(['localhost'], ca.ca.clock));
    await refuses(get(url), 'expired');
  });

  it('refuses a certificate of another name', async () => {
    const { url } = await serve(count, await ca.issue(['login.example']));
    await refuses(get(url), 'name');
  });

  it('refuses TLS 1.1', async () => {
    const { url } = await run(
      startTls(
        { ...tlsOptionsOf(issued), minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' },
        count,
      ),
    );
    await refuses(get(url), 'protocol');
  });

  it('refuses a server that speaks no TLS at all', async () => {
    const { port } = await run(startPlain(count));
    await refuses(get(`https://localhost:${port}`), 'protocol');
  });

  it.each([
    ['server', () => issued.certificate],
    ['issuing CA', () => ca.ca.authorities.function.certificate],
    ['root', () => ca.ca.authorities.root.certificate],
  ])('takes a pin of the %s', async (_, certificate) => {
    const { url } = await serve(count);
    const pins = ['A'.repeat(43) + '=', pinOf(certificate())];
    await expect(client.send(get(url, { pins }))).resolves.toMatchObject({ status: 200 });
  });

  it('refuses a server without a pinned key in its path, and sends it nothing', async () => {
    const { url } = await serve(count);
    await refuses(get(url, { pins: [pinOf(ca.ca.authorities.hsaId3.certificate)] }), 'pin');
  });

  it('does not count a pinned key that the server merely sends along', async () => {
    // The name of the real issuer, with a key that did not sign the server's certificate.
    const { function: real } = ca.ca.authorities;
    const pinned = await generateIssuingKey('ec-p256');
    const decoy = await issueCertificate({
      subject: real.subject,
      issuer: real.subject,
      subjectKey: pinned,
      issuerKey: pinned,
      notBefore: Date.now() - 60_000,
      notAfter: Date.now() + 60_000,
      keyUsage: ['keyCertSign'],
      pathLength: 0,
    });
    for (const chain of [
      [issued.certificate, decoy, real.certificate],
      [issued.certificate, real.certificate, decoy],
    ]) {
      const certificate = { ...issued, caCertificates: chain.slice(1, 2) };
      const { url } = await run(startTls(tlsOptionsOf(certificate, chain.slice(2)), count));
      const error = await failureOf(get(url, { pins: [pinOf(decoy)] }));
      expect(error.code).toBe('ERR_REMOTE_TLS');
      expect(asked).toBe(0);
    }
  });

  it('refuses plain http to anything but the loopback, without asking a name server', async () => {
    await refuses(get('http://login.example/'), 'plain');
    await refuses(get('http://127.0.0.1.nip.example/'), 'plain');
  });

  it.each(['127.0.0.1', 'localhost'])('takes plain http to %s', async (host) => {
    const { port } = await run(startPlain(count));
    await expect(client.send(get(`http://${host}:${port}`))).resolves.toMatchObject({ status: 200 });
  });

  it('takes plain http to [::1]', async () => {
    // Whether or not this computer has IPv6, no name server and no other address is asked.
    const error = await failureOf(get('http://[::1]:9/'));
    expect(error).toMatchObject({ code: 'ERR_REMOTE_UNREACHABLE', fields: { host: '[::1]:9', reason: 'refused' } });
  });

  it('believes the roots of the system too, as they are now', async () => {
    const { url } = await serve(count);
    const bundle = join(ca.folder, 'system.pem');
    const used = createHttpClient({ roots: createTlsRoots(bundle) });
    const call: HttpCall = { method: 'GET', url, trust: { pins: [] } };
    expect(await failureOf(call, used)).toMatchObject({ fields: { reason: 'untrusted' } });
    copyFileSync(ca.caFile, bundle);
    await expect(used.send(call)).resolves.toMatchObject({ status: 200 });
    writeFileSync(bundle, '');
    expect(await failureOf(call, used)).toMatchObject({ fields: { reason: 'untrusted' } });
  });

  it.each([
    ['fileMissing', () => join(ca.folder, 'absent.pem')],
    [
      'noCertificates',
      () => {
        const path = join(ca.folder, 'empty.pem');
        writeFileSync(path, 'nothing\n');
        return path;
      },
    ],
    [
      'fileUntrusted',
      () => {
        const path = join(ca.folder, 'open.pem');
        writeFileSync(path, '');
        chmodSync(path, 0o666);
        return path;
      },
    ],
  ])('names a CA file that cannot be used: %s', async (reason, make) => {
    const caFile = make();
    const error = await failureOf(get('https://localhost:9', { caFile }));
    expect(error).toMatchObject({ code: 'ERR_CONFIG_INVALID', fields: { path: caFile, reason } });
  });
});

describe('createHttpClient(), what it bears', () => {
  const quick = createHttpClient({ timeoutMs: 400 });
  const ok = 'HTTP/1.1 200 OK\r\n';

  it('refuses an answer over 64 KiB, announced or not', async () => {
    let sent = 0;
    const { url } = await serve((request, response) => {
      if (request.url === '/announced') response.setHeader('content-length', 10_000_000);
      response.on('error', () => undefined);
      const chunk = Buffer.alloc(65_536, 0x20);
      const pour = (): void => {
        while (sent < 10_000_000 && !response.destroyed) {
          sent += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', pour);
        }
      };
      pour();
    });
    for (const path of ['/', '/announced']) {
      sent = 0;
      const error = await failureOf(get(`${url}${path}`));
      expect(error).toMatchObject({ code: 'ERR_REMOTE_RESPONSE', fields: { reason: 'too-long' } });
      expect(sent).toBeLessThan(10_000_000);
    }
  });

  it('takes exactly 64 KiB', async () => {
    const { url } = await serve((_request, response) => response.end(Buffer.alloc(65_536)));
    await expect(client.send(get(url))).resolves.toHaveProperty('body.length', 65_536);
  });

  it('refuses a head over 16 KiB', async () => {
    const { url } = await serveRaw((socket) => socket.write(`${ok}x: ${'y'.repeat(20_000)}\r\n\r\n`));
    expect(await failureOf(get(url))).toMatchObject({ code: 'ERR_REMOTE_RESPONSE', fields: { reason: 'too-long' } });
  });

  it.each([
    ['garbage', 'Hello, I am not HTTP\r\n\r\n'],
    ['a malformed chunk', `${ok}transfer-encoding: chunked\r\n\r\nzz\r\n`],
    ['two lengths', `${ok}content-length: 1\r\ncontent-length: 2\r\n\r\nab`],
    ['a compressed body that nobody asked for', `${ok}content-encoding: gzip\r\ncontent-length: 1\r\n\r\na`],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
  ])('refuses %s', async (_, bytes) => {
    const { url } = await serveRaw((socket) => socket.write(bytes));
    expect(await failureOf(get(url))).toMatchObject({ code: 'ERR_REMOTE_RESPONSE', fields: { reason: 'malformed' } });
  });

  it.each([
    ['before it answers', ''],
    ['within the head', `${ok}content-le`],
    ['within the body', `${ok}content-length: 10\r\n\r\nabc`],
  ])('tells of a server that hangs up %s', async (_, bytes) => {
    const { url } = await serveRaw((socket) => socket.end(bytes));
    expect(await failureOf(get(url))).toMatchObject({ code: 'ERR_REMOTE_UNREACHABLE', fields: { reason: 'closed' } });
  });

  it('gives up a server that keeps it waiting with a byte now and then', async () => {
    const { url } = await serveRaw((socket) => {
      socket.write(`${ok}content-length: 1000\r\n\r\n`);
      const timer = setInterval(() => socket.write('x'), 50);
      socket.once('close', () => clearInterval(timer));
    });
    const error = await failureOf(get(url), quick);
    expect(error).toMatchObject({ code: 'ERR_REMOTE_UNREACHABLE', retriable: true, fields: { reason: 'timeout' } });
  });

  it('gives up a server that answers with one provisional head after the other', async () => {
    const { url } = await serveRaw((socket) => {
      const timer = setInterval(() => socket.write('HTTP/1.1 102 Processing\r\n\r\n'), 20);
      socket.once('close', () => clearInterval(timer));
    });
    expect(await failureOf(get(url), quick)).toMatchObject({ fields: { reason: 'timeout' } });
  });

  it('waits as long as one call asks for, more or less than usual', async () => {
    const { url } = await serve((_request, response) => void setTimeout(() => response.end('late'), 600));
    expect((await quick.send(get(url, {}, { timeoutMs: 20_000 }))).status).toBe(200);
    expect(await failureOf(get(url, {}, { timeoutMs: 50 }))).toMatchObject({ fields: { reason: 'timeout' } });
  });

  it('gives up a server that takes the connection and does not shake hands', async () => {
    const { port } = await serveRaw(() => undefined);
    const error = await failureOf(get(`https://localhost:${port}`), quick);
    expect(error).toMatchObject({ code: 'ERR_REMOTE_UNREACHABLE', fields: { reason: 'timeout' } });
  });

  it('bears a server that breaks off TLS as soon as hands are shaken', async () => {
    const { port } = await run(
      listen(
        createServer((raw) => {
          raw.on('error', () => undefined);
          const secure = new TLSSocket(raw, { ...tlsOptionsOf(issued), isServer: true });
          secure.on('error', () => undefined);
          secure.once('secure', () => raw.write('no record of TLS'.repeat(10)));
        }),
        'https://localhost',
      ),
    );
    expect((await failureOf(get(`https://localhost:${port}`))).code).toMatch(/^ERR_REMOTE_/);
  });

  it('tells of a port at which nobody listens, and of a name that nobody has', async () => {
    const gone = await startPlain(() => undefined);
    await gone.close();
    expect(await failureOf(get(gone.url))).toMatchObject({ fields: { reason: 'refused' } });
    const absent = await failureOf(get('https://does-not-exist.invalid/'));
    expect(absent).toMatchObject({ code: 'ERR_REMOTE_UNREACHABLE', fields: { reason: 'dns' } });
  });

  it('stops when the caller gives up, in mid-answer and before', async () => {
    const controller = new AbortController();
    const { url } = await serveRaw(() => controller.abort());
    const call = get(url, {}, { signal: controller.signal });
    expect(await failureOf(call)).toHaveProperty('code', 'ERR_ABORTED');
    expect(await failureOf(call)).toHaveProperty('code', 'ERR_ABORTED');
  });

  it('has nothing of what was sent or received in its errors', async () => {
    const { url } = await serveRaw((socket) => socket.write('SECRET-ANSWER nonsense\r\n\r\n'));
    const call = get(`${url}/SECRET-PATH?SECRET-QUERY`, {}, { method: 'POST', body: 'SECRET-BODY' });
    const error = await failureOf(call);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('SECRET');
  });
});
