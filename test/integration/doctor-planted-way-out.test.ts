import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/ports.js';
import { checkTls } from '../../src/doctor/checks/tls.js';
import type { DoctorFinding } from '../../src/model/doctor.js';
import { createTlsRoots } from '../../src/platform/ca-bundle.js';
import { defaultPortOf } from '../../src/platform/instance.js';
import { createServerChains } from '../../src/platform/server-chain.js';
import { PrivateHome, startDaemon, type RunningDaemon } from '../support/daemon.js';
import { openssl } from '../support/openssl.js';
import {
  createServerCa,
  startPlain,
  startTls,
  tlsOptionsOf,
  type RemoteServer,
  type ServerCa,
} from '../support/remote-server.js';
import { runDoctor } from '../support/run-doctor.js';
import { pidInProc } from '../support/own-proc.js';

/** A port of the instance's own that no other test uses. */
const instance = 'doctor-way';

/** A service that somebody registered, with its addresses at this server. */
function entryOf(name: string, base: string, more: Readonly<Record<string, unknown>> = {}): object {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    client_id: `urn:test:${name}`,
    display_name: { sv: `TEST ${name}`, en: `TEST ${name}` },
    origins: [`https://${name}.example`],
    jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'ES256' }] },
    acr_values: ['http://id.sambi.se/loa/loa3'],
    launchers: ['page'],
    purposes: ['auth'],
    removal_endpoint: `${base}/removed`,
    ...more,
  };
}

function register(home: PrivateHome, name: string, entry: object): void {
  const folder = join(home.folder, 'config', 'kort', instance, 'relying-parties.d');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(entry));
}

const found = (findings: readonly DoctorFinding[], code: string, fields: DoctorFinding['fields'] = {}): void => {
  expect(findings).toContainEqual(
    expect.objectContaining({ code, fields: expect.objectContaining(fields) as unknown }),
  );
};

describe('servers, clock and certificates', () => {
  const home = new PrivateHome();
  const servers: RemoteServer[] = [];
  let ca: ServerCa;
  let findings: readonly DoctorFinding[];
  let code: number | null;
  const at = new Map<string, string>();

  const hostOf = (name: string): string => at.get(name) ?? '';

  async function serve(name: string, started: Promise<RemoteServer>, more: Readonly<Record<string, unknown>> = {}) {
    const server = await started;
    servers.push(server);
    at.set(name, new URL(server.url).host);
    register(home, name, entryOf(name, server.url, more));
  }

  beforeAll(async () => {
    ca = await createServerCa();
    const good = tlsOptionsOf(await ca.issue(['localhost']));
    const entrysCa = { ca_file: ca.caFile };
    const tlsWith = (options: typeof good, status = 404, date?: string) =>
      startTls(options, (_request, response) => {
        if (date !== undefined) response.setHeader('Date', date);
        response.writeHead(status).end();
      });
    const aDayAgo = systemClock.now() - 86_400_000 * 800;
    const hourAhead = new Date(systemClock.now() + 3_600_000).toUTCString();
    await serve('good', tlsWith(good, 404, hourAhead), entrysCa);
    await serve('unknown-issuer', tlsWith(good));
    await serve('broken', tlsWith(good, 503, hourAhead), entrysCa);
    await serve('expired', tlsWith(tlsOptionsOf(await ca.issue(['localhost'], { now: () => aDayAgo }))), entrysCa);
    await serve('other-name', tlsWith(tlsOptionsOf(await ca.issue(['elsewhere.example']))), entrysCa);
    await serve('inspected', tlsWith(inspectorOptions(home.folder)));
    await serve('ca-file', tlsWith(good), { ca_file: join(home.folder, 'nowhere.pem') });
    await serve('pinned', tlsWith(good), { ...entrysCa, pins: [Buffer.alloc(32, 7).toString('base64')] });
    await serve(
      'slow',
      startPlain((_request, response) => void setTimeout(() => response.writeHead(404).end(), 2200)),
    );
    await serve(
      'silent',
      startPlain(() => undefined),
    );
    await serve(
      'closing',
      startPlain((request) => request.socket.destroy()),
    );
    const gone = await startPlain(() => undefined);
    await gone.close();
    at.set('gone', new URL(gone.url).host);
    register(home, 'gone', entryOf('gone', gone.url));
    register(home, 'nameless', entryOf('nameless', 'https://kort-doctor.invalid'));
    ({ code, findings } = await runDoctor({
      home,
      instance,
      check: ['clock', 'tls', 'issuers'],
      env: {
        TZ: 'Europe/Nowhere',
        NODE_EXTRA_CA_CERTS: join(home.folder, 'nowhere.pem'),
        NODE_NO_WARNINGS: '1',
        SSLKEYLOGFILE: join(home.folder, 'keys.log'),
      },
    }));
  });
  afterAll(async () => {
    for (const server of servers) await server.close();
    ca.remove();
    home.remove();
  });

  it('ends with the code for faults', () => expect(code).toBe(11));

  it('names the server that nobody answers at', () => {
    found(findings, 'issuers.unreachable', { host: hostOf('gone'), service: 'urn:test:gone', reason: 'refused' });
  });
  it('names the server whose name is unknown', () => {
    found(findings, 'issuers.unreachable', { host: 'kort-doctor.invalid', reason: 'dns' });
  });
  it('names the server that takes a call and never answers', () => {
    found(findings, 'issuers.unreachable', { host: hostOf('silent'), reason: 'timeout' });
  });
  it('names the server that hangs up', () => {
    found(findings, 'issuers.unreachable', { host: hostOf('closing'), reason: 'closed' });
  });
  it('names the server that is slow', () => found(findings, 'issuers.slow', { host: hostOf('slow'), seconds: 2 }));
  it('names the server with a failure of its own', () => {
    found(findings, 'issuers.answer', { host: hostOf('broken'), status: 503 });
  });
  it('names the server whose certificate has expired', () => {
    found(findings, 'issuers.tls', { host: hostOf('expired'), reason: 'expired' });
  });
  it("names the server whose certificate is another server's", () => {
    found(findings, 'issuers.tls', { host: hostOf('other-name'), reason: 'name' });
  });
  it('names the server that has none of the pinned keys', () => {
    found(findings, 'issuers.tls', { host: hostOf('pinned'), reason: 'pin' });
  });
  it('names the CA file that is not there', () => {
    found(findings, 'issuers.ca-file', { service: 'urn:test:ca-file', reason: 'fileMissing' });
  });
  it('names who opens encrypted connections on their way', () => {
    const fields = { host: hostOf('inspected'), issuer: 'TEST Zscaler Intermediate Root CA, TEST' };
    found(findings, 'tls.intercepted', fields);
  });
  it('names the issuer that nobody knows', () => {
    found(findings, 'tls.unknown-issuer', { host: hostOf('unknown-issuer') });
    expect(findings.filter(({ code: one }) => one === 'tls.unknown-issuer')).toHaveLength(1);
  });
  it('says how slow the clock is, and by whose', () => {
    found(findings, 'clock.slow', { minutes: 60 });
    expect(findings.filter(({ code: one }) => one.startsWith('clock.') && one !== 'clock.unsynced')).toHaveLength(2);
  });
  it('names a time zone that is none', () => found(findings, 'clock.zone', { zone: 'Europe/Nowhere' }));
  it('names roots that are asked for and cannot be read', () => found(findings, 'tls.extra-ca-unreadable'));
  it('names the file that browsers write their keys to', () => found(findings, 'tls.key-log'));
  it('says nothing of the server that is in order', () => {
    expect(
      findings.filter(({ code: one, fields }) => !one.startsWith('clock.') && fields['host'] === hostOf('good')),
    ).toEqual([]);
  });
});

/** A server behind a program that opens connections: a CA by that name, and a certificate of it. */
function inspectorOptions(folder: string): { readonly key: string; readonly cert: string } {
  const file = (name: string): string => join(folder, name);
  openssl([
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'],
    ...['-keyout', file('ca.key'), '-out', file('ca.crt'), '-subj', '/O=TEST/CN=TEST Zscaler Intermediate Root CA'],
  ]);
  openssl([
    ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=localhost'],
    ...['-keyout', file('leaf.key'), '-out', file('leaf.csr'), '-addext', 'subjectAltName=DNS:localhost'],
  ]);
  openssl([
    ...['x509', '-req', '-in', file('leaf.csr'), '-CA', file('ca.crt'), '-CAkey', file('ca.key'), '-days', '10'],
    ...['-copy_extensions', 'copy', '-out', file('leaf.crt')],
  ]);
  const cert = readFileSync(file('leaf.crt'), 'utf8') + readFileSync(file('ca.crt'), 'utf8');
  return { key: readFileSync(file('leaf.key'), 'utf8'), cert };
}

describe('a root that somebody has added to this computer', () => {
  it('is named, unless the entry names it itself', async () => {
    const ca = await createServerCa();
    const server = await startTls(tlsOptionsOf(await ca.issue(['localhost'])), (_request, response) => response.end());
    try {
      const chains = createServerChains(createTlsRoots(ca.caFile));
      const examine = async (caFile?: string) => {
        const trust = { pins: [], ...(caFile === undefined ? {} : { caFile }) };
        const check = checkTls({
          addresses: () => Promise.resolve([{ url: `${server.url}/x`, kind: 'issuer', service: 's', trust }]),
          env: {},
          inspect: async (address, signal) => await chains.inspect(address.url, address.trust, signal),
          isReadable: () => true,
        });
        return await check.run(new AbortController().signal);
      };
      expect(await examine()).toEqual([
        {
          code: 'tls.private-root',
          severity: 'warning',
          fields: { host: new URL(server.url).host, issuer: expect.stringContaining('TEST') as unknown },
        },
      ]);
      expect(await examine(ca.caFile)).toEqual([]);
    } finally {
      await server.close();
      ca.remove();
    }
  });
});

describe('proxies', () => {
  it('are named when they are malformed, gone, or in the way to this computer', async () => {
    const home = new PrivateHome();
    try {
      const gone = await startPlain(() => undefined);
      await gone.close();
      const { code, findings } = await runDoctor({
        home,
        instance,
        check: ['proxy', 'tls'],
        env: {
          https_proxy: `http://127.0.0.1:${gone.port}`,
          HTTP_PROXY: 'http://[nonsense',
          NODE_TLS_REJECT_UNAUTHORIZED: '0',
          NODE_NO_WARNINGS: '1',
        },
      });
      expect(code).toBe(10);
      found(findings, 'proxy.unreachable', { variable: 'https_proxy', reason: 'refused' });
      found(findings, 'proxy.malformed', { variable: 'HTTP_PROXY' });
      found(findings, 'proxy.loopback');
      found(findings, 'tls.unchecked');
      const proxy = await startPlain(() => undefined);
      const good = { https_proxy: proxy.url, NO_PROXY: 'localhost,127.0.0.1' };
      const better = await runDoctor({ home, instance, check: ['proxy'], env: good }).finally(() => proxy.close());
      expect(better.code).toBe(0);
      expect(better.findings.map((finding) => finding.code)).toEqual(['proxy.not-used']);
    } finally {
      home.remove();
    }
  });
});

describe('the port', () => {
  const home = new PrivateHome();
  const port = defaultPortOf(instance);
  let listener: Server | undefined;
  let daemon: RunningDaemon | undefined;
  afterEach(async () => {
    await new Promise<void>((resolve) => (listener === undefined ? resolve() : void listener.close(() => resolve())));
    listener = undefined;
    await daemon?.stop();
    daemon = undefined;
  });
  afterAll(() => home.remove());

  const take = async (host: string): Promise<void> => {
    const server = createServer((socket) => socket.end('no HTTP at all\r\n\r\n', () => socket.destroy()));
    listener = server;
    await new Promise<void>((resolve) => server.listen({ port, host, ipv6Only: true }, resolve));
  };

  it.each(['127.0.0.1', '::1'])('is said to be taken before a daemon runs, by whom, on %s too', async (host) => {
    await take(host);
    const { code, findings } = await runDoctor({ home, instance, check: ['port'] });
    expect(code).toBe(11);
    found(findings, 'port.taken', { port, owner: expect.stringContaining(`(${pidInProc})`) as unknown as string });
  });

  it('is said to be taken by whom when a daemon could not have it', async () => {
    await take('127.0.0.1');
    daemon = await startDaemon(home, instance, []);
    const { findings } = await runDoctor({ home, instance, check: ['port'] });
    found(findings, 'port.taken', { port, owner: expect.stringContaining(`(${pidInProc})`) as unknown as string });
  });

  it("is said to be another daemon's", async () => {
    daemon = await startDaemon(home, 'doctor-way-2', ['--port', String(port)]);
    const { findings } = await runDoctor({ home, instance, check: ['port'] });
    found(findings, 'port.other-daemon', { port });
  });

  it('is in order when the daemon has it, and a place for the PIN is missed', async () => {
    daemon = await startDaemon(home, instance, []);
    const { code, findings } = await runDoctor({ home, instance, check: ['port', 'surfaces'] });
    expect(findings.map((finding) => finding.code)).toEqual(['surfaces.none']);
    expect(code).toBe(10);
    await daemon.client.request('prompt.attach', { kind: 'terminal' });
    expect((await runDoctor({ home, instance, check: ['port', 'surfaces'] })).findings).toEqual([]);
  });

  it('that is asked of a daemon which hangs is not guessed about', async () => {
    daemon = await startDaemon(home, instance, []);
    daemon.process.kill('SIGSTOP');
    try {
      const { report } = await runDoctor({ home, instance, check: ['port', 'surfaces', 'history', 'clock'] });
      expect(report.checks.map(({ check, state }) => [check, state])).toEqual([
        ['port', 'notTried'],
        ['surfaces', 'notTried'],
        ['clock', 'ok'],
        ['history', 'ok'],
      ]);
    } finally {
      daemon.process.kill('SIGCONT');
    }
  });
});

describe('links', () => {
  const home = new PrivateHome({ DISPLAY: ':9999' });
  const applications = join(home.folder, '.local/share/applications');
  afterAll(() => home.remove());

  function handledBy(name: string, exec: string): void {
    rmSync(applications, { recursive: true, force: true });
    mkdirSync(applications, { recursive: true });
    const text = `[Desktop Entry]\nType=Application\nName=X\nExec=${exec} %u\nMimeType=x-scheme-handler/kort;\n`;
    writeFileSync(join(applications, name), text);
    execFileSync('/usr/bin/env', ['xdg-mime', 'default', name, 'x-scheme-handler/kort'], { env: home.env });
  }

  const examine = async () => await runDoctor({ home, instance, check: ['links'] });

  it('are missed only where a service needs them', async () => {
    expect((await examine()).findings).toEqual([]);
    const addresses = {
      request_endpoint: 'https://rp.example/request',
      response_endpoint: 'https://rp.example/answer',
    };
    register(home, 'links', entryOf('links', 'https://rp.example', { launchers: ['scheme'], ...addresses }));
    found((await examine()).findings, 'links.nobody');
  });
  it("that are another program's, another installation's or nobody's any more are told apart", async () => {
    handledBy('other.desktop', '/bin/true');
    found((await examine()).findings, 'links.other-program', { name: 'other.desktop' });
    writeFileSync(join(home.folder, 'kort.js'), '');
    handledBy('kort-open.desktop', `${process.execPath} ${join(home.folder, 'kort.js')} open --`);
    found((await examine()).findings, 'links.other-installation');
    handledBy('kort-open.desktop', `${process.execPath} ${join(home.folder, 'gone', 'kort.js')} open --`);
    found((await examine()).findings, 'links.program-missing', { program: join(home.folder, 'gone', 'kort.js') });
  });
});

describe('the history', () => {
  const home = new PrivateHome();
  const path = join(home.folder, 'state', 'kort', instance, 'history.jsonl');
  afterAll(() => home.remove());

  it('that was changed, cut or set aside is told, whether a daemon runs or not', async () => {
    const daemon = await startDaemon(home, instance, ['--sandbox', '--port', '0']);
    const { client } = daemon;
    const entries = async () => (await client.request('history.recent', { limit: 10 })).entries.length;
    await client.request('sandbox.insert', { card: 'tolvan' });
    await expect.poll(entries).toBeGreaterThan(0);
    await client.request('sandbox.remove', { reader: 'tolvan' });
    await expect.poll(entries).toBeGreaterThan(1);
    const examine = async () => (await runDoctor({ home, instance, check: ['history'] })).findings;
    expect(await examine()).toEqual([]);
    const whole = readFileSync(path, 'utf8');
    writeFileSync(path, whole.replace('"removed"', '"inserted"'));
    found(await examine(), 'history.broken');
    writeFileSync(path, whole);
    expect(await daemon.stop()).toBe(0);
    expect(await examine()).toEqual([]);
    writeFileSync(path, `${whole.split('\n')[0] ?? ''}\n`);
    expect((await examine()).map(({ code }) => code)).toEqual(['history.cut']);
    writeFileSync(path, whole);
    writeFileSync(`${path}.damaged-1`, 'x');
    found(await examine(), 'history.kept-aside', { file: 'history.jsonl.damaged-1' });
  });
});
