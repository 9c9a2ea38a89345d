import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { systemClock } from '../../src/core/ports.js';
import {
  createSandboxCa,
  issueServer,
  type IssuedCertificate,
  type SandboxCa,
} from '../../src/sandbox/ca/sandbox-ca.js';

export const pem = (der: Uint8Array): string => new X509Certificate(der).toString();

/** A server of tests on the loopback. */
export interface RemoteServer {
  /** Without a final slash. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** A CA whose servers these tests believe, and its root as a file. */
export interface ServerCa {
  readonly ca: SandboxCa;
  readonly caFile: string;
  readonly folder: string;
  issue(names: readonly string[], clock?: { now(): number }): Promise<IssuedCertificate>;
  remove(): void;
}

export async function createServerCa(): Promise<ServerCa> {
  const made = systemClock.now() - 3 * 365 * 86_400_000;
  const ca = await createSandboxCa({ clock: { now: () => made, monotonic: () => 0 }, keyType: 'ec-p256' });
  const folder = mkdtempSync(join(tmpdir(), 'kort-remote-'));
  const caFile = join(folder, 'root.pem');
  writeFileSync(caFile, pem(ca.authorities.root.certificate));
  return {
    ca,
    caFile,
    folder,
    issue: async (names, clock = systemClock) =>
      await issueServer({ ...ca, clock: { monotonic: () => 0, ...clock, now: () => clock.now() } }, names, 'ec-p256'),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** Key and chain as a TLS server is given them; `more` goes at the end of the chain that it sends. */
export function tlsOptionsOf(issued: IssuedCertificate, more: readonly Uint8Array[] = []): TlsOptions {
  const chain = [issued.certificate, ...issued.caCertificates.slice(0, 1), ...more];
  return {
    key: issued.privateKey.export({ format: 'pem', type: 'pkcs8' }),
    cert: chain.map(pem).join(''),
  };
}

export async function startTls(options: TlsOptions, answer: RequestListener): Promise<RemoteServer> {
  return await listen(createHttpsServer(options, answer), 'https://localhost');
}

export async function startPlain(answer: RequestListener): Promise<RemoteServer> {
  return await listen(createHttpServer(answer), 'http://127.0.0.1');
}

/** Has the server listen on IPv4's loopback; closing ends its connections too. */
export async function listen(server: Server, base: string): Promise<RemoteServer> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return {
    url: `${base}:${port}`,
    port,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
