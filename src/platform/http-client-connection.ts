import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectPlain, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls, type DetailedPeerCertificate, type SecureContext, type TLSSocket } from 'node:tls';
import { remote } from './http-client-errors.js';

/** Where to, and whom to expect there. */
export interface ConnectionWish {
  readonly url: URL;
  /** Undefined for plain http. */
  readonly context: SecureContext | undefined;
  readonly pins: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * For one of several addresses of a host. Node's 250 ms is less than a busy machine may need to hear of a connection
 * that stands, which is then thrown away in mid-handshake.
 */
const attemptMs = 2000;

/** Hosts to which plain http may go: what never leaves the computer. */
const loopbackHosts: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** Whether this address is one of the computer itself. */
export function isLoopback({ hostname }: URL): boolean {
  return loopbackHosts.includes(hostname);
}

/**
 * A connection over which nothing has been sent yet: over TLS, the server has shown a certificate of that name with a
 * path to one of the roots and, if there are pins, with a pinned key in it.
 *
 * @throws {Error} of node:net or node:tls; ERR_REMOTE_TLS for a pin that is missed.
 */
export async function connect({ url, context, pins, signal }: ConnectionWish): Promise<Socket> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || (context === undefined ? 80 : 443));
  const lookup = host === 'localhost' ? { lookup: lookupLocalhost } : {};
  const address = { host, port, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: attemptMs, ...lookup };
  if (context === undefined) {
    const socket = connectPlain(address);
    await opened(socket, 'connect', signal);
    return socket;
  }
  const name = isIP(host) === 0 ? { servername: host } : {};
  // Said outright, since NODE_TLS_REJECT_UNAUTHORIZED would turn the default off.
  const socket = connectTls({ ...address, ...name, secureContext: context, rejectUnauthorized: true });
  await opened(socket, 'secureConnect', signal);
  if (pins.length > 0 && !pathOf(socket).some((certificate) => pins.includes(pinOf(certificate)))) {
    socket.destroy();
    throw remote('ERR_REMOTE_TLS', url.host, 'pin');
  }
  return socket;
}

async function opened(socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<void> {
  // Stays: there are moments in which nobody else listens, and an error then would end the process.
  socket.on('error', () => undefined);
  try {
    await once(socket, event, { signal });
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** RFC 6761 §6.3: no name server is asked for it, and so none can send it elsewhere. */
const lookupLocalhost: LookupFunction = (_name, options, callback) => {
  if (options.all !== true) callback(null, '127.0.0.1', 4);
  else {
    callback(null, [
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ]);
  }
};

/**
 * The certificates from the server's own up to the root, as far as each is signed by the next. OpenSSL has verified a
 * path, but tells only what the server sent, put in order by names and ended with a root: that alone would let anybody
 * add a certificate with a pinned key.
 */
function pathOf(socket: TLSSocket): readonly X509Certificate[] {
  const path: X509Certificate[] = [];
  let next: Partial<DetailedPeerCertificate> | undefined = socket.getPeerCertificate(true);
  while (next?.raw !== undefined && path.length < maxPathLength) {
    const certificate = new X509Certificate(next.raw);
    const below = path.at(-1);
    if (below !== undefined && !(certificate.ca && below.verify(certificate.publicKey))) break;
    path.push(certificate);
    // A root is told as its own issuer.
    next = next.issuerCertificate === next ? undefined : next.issuerCertificate;
  }
  return path;
}

const maxPathLength = 10;

/** RFC 7469 §2.4: SHA-256 of the SubjectPublicKeyInfo, base64. */
function pinOf({ publicKey }: X509Certificate): string {
  return createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('base64');
}
