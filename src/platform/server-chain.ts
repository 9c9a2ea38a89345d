import { once } from 'node:events';
import { isIP } from 'node:net';
import {
  connect,
  createSecureContext,
  rootCertificates,
  type DetailedPeerCertificate,
  type SecureContext,
} from 'node:tls';
import type { HttpTrust } from '../core/ports.js';
import type { ServerChain } from '../model/machine.js';
import { createTlsRoots, type TlsRoots } from './ca-bundle.js';
import { remoteError } from './http-client-errors.js';

/** Looks at servers' certificates; over the connections for that nothing is ever sent. */
export interface ServerChains {
  /** Reads all roots, which takes a moment in which nothing else goes on: connections that are being made suffer by it. */
  prepare(): void;
  /** Undefined when the server cannot be reached, or its certificate has another fault than nobody vouching for it. */
  inspect(url: string, trust: HttpTrust, signal: AbortSignal): Promise<ServerChain | undefined>;
}

/** Roots as Node ships them (Mozilla's) on one side, with those of the system on the other. */
export function createServerChains(roots: TlsRoots = createTlsRoots()): ServerChains {
  let publicRoots: SecureContext | undefined;
  const publicOnes = (): SecureContext =>
    (publicRoots ??= createSecureContext({ ca: [...rootCertificates], minVersion: 'TLSv1.2' }));
  return {
    prepare: () => {
      publicOnes();
      roots.contextOf(undefined);
    },
    inspect: async (text, { caFile, pins }, signal) => {
      const url = new URL(text);
      try {
        const shown = await look(url, publicOnes(), signal);
        if (shown.fault === undefined) return { vouchedBy: 'public', issuers: shown.issuers };
        if (shown.fault !== 'untrusted') return undefined;
        // With pins, the call itself finds out whether it is the right server.
        const isEntrys = caFile !== undefined || pins.length > 0;
        const wider = await look(url, roots.contextOf(caFile), signal);
        if (wider.fault === 'untrusted') return { vouchedBy: 'nobody', issuers: wider.issuers };
        if (wider.fault !== undefined) return undefined;
        return { vouchedBy: isEntrys ? 'entry' : 'system', issuers: wider.issuers };
      } catch {
        return undefined;
      }
    },
  };
}

interface Shown {
  /** `reason` of ERR_REMOTE_TLS. */
  readonly fault: string | undefined;
  readonly issuers: readonly string[];
}

async function look(url: URL, secureContext: SecureContext, signal: AbortSignal): Promise<Shown> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const name = isIP(host) === 0 ? { servername: host } : {};
  const port = Number(url.port || 443);
  // Also a certificate that nobody believes is looked at; the connection is closed then, and carries nothing.
  const address = { host, port, autoSelectFamily: true, ...name };
  const socket = connect({ ...address, secureContext, rejectUnauthorized: false });
  socket.on('error', () => undefined);
  try {
    await once(socket, 'secureConnect', { signal });
    const issuers = issuersOf(socket.getPeerCertificate(true));
    if (socket.authorized) return { fault: undefined, issuers };
    const { fields } = remoteError(url.host, codedError(socket.authorizationError));
    return { fault: String(fields['reason']), issuers };
  } finally {
    socket.destroy();
  }
}

/** Node's types say Error, Node itself gives the code as a string for most. */
function codedError(error: unknown): unknown {
  return typeof error === 'string' ? { code: error } : error;
}

const maxChain = 10;

function issuersOf(leaf: DetailedPeerCertificate): readonly string[] {
  const names: string[] = [];
  let next: Partial<DetailedPeerCertificate> | undefined = leaf;
  for (let depth = 0; depth < maxChain && next?.issuer !== undefined; depth += 1) {
    const { CN, O } = next.issuer as Readonly<Partial<Record<'CN' | 'O', string | readonly string[]>>>;
    const name = [CN, O].filter((part) => part !== undefined).join(', ');
    if (name !== '' && names.at(-1) !== name) names.push(name);
    next = next.issuerCertificate === next ? undefined : next.issuerCertificate;
  }
  return names;
}
