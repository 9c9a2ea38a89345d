import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { MiddlewareError } from '../core/errors.js';
import { systemBundleLinux } from './ca-bundle-linux.js';
import { requireTrustedFile } from './trusted-file.js';

/** A bundle of a system's roots is about 220 KiB. */
const maxBundleBytes = 1 << 20;

/** What TLS connections are judged by. */
export interface TlsRoots {
  /**
   * Node's roots together with those of the system, or only the certificates of `caFile`; TLS 1.2 at least.
   *
   * @throws {MiddlewareError} ERR_CONFIG_INVALID with `path` and `reason` of a `caFile` that cannot be used: absent, no
   *   certificates in it, or changeable by others than the administrator and the user.
   */
  contextOf(caFile: string | undefined): SecureContext;
}

/**
 * Roots for outgoing connections. The usual ones are parsed once (about 30 ms), and again when the system's file has
 * changed; a CA file is read each time.
 *
 * @param systemBundle - where the system keeps its roots as one PEM file; undefined where it has none.
 */
export function createTlsRoots(systemBundle: string | undefined = findSystemBundle()): TlsRoots {
  let usual: { readonly stamp: string; readonly context: SecureContext } | undefined;
  return {
    contextOf(caFile) {
      if (caFile !== undefined) return secureContext(certificatesIn(caFile));
      const stamp = stampOf(systemBundle);
      if (usual?.stamp !== stamp) {
        usual = { stamp, context: secureContext([...rootCertificates, ...bundleIn(systemBundle)]) };
      }
      return usual.context;
    },
  };
}

/** Windows and macOS keep theirs where Node 20 does not look: a CA of the organization comes as `ca_file` there. */
function findSystemBundle(): string | undefined {
  return process.platform === 'linux' || process.platform === 'android' ? systemBundleLinux() : undefined;
}

const secureContext = (ca: string[]): SecureContext => createSecureContext({ ca, minVersion: 'TLSv1.2' });

function stampOf(bundle: string | undefined): string {
  const found = bundle === undefined ? undefined : statSync(bundle, { throwIfNoEntry: false });
  return found === undefined ? '' : `${found.ino} ${found.size} ${found.mtimeMs}`;
}

/** A bundle that cannot be read adds no roots: the calls that need them fail, and say that nobody vouches. */
function bundleIn(bundle: string | undefined): string[] {
  try {
    return bundle === undefined ? [] : [readFileSync(bundle, 'utf8')];
  } catch {
    return [];
  }
}

function certificatesIn(caFile: string): string[] {
  const path = requireTrustedFile(caFile);
  if (statSync(path).size > maxBundleBytes) throw unusable(caFile, 'fileTooLong');
  const text = readFileSync(path, 'utf8');
  // Without any, OpenSSL would take an empty list for "trust nobody" or Node for "trust the usual roots".
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw unusable(caFile, 'noCertificates');
  try {
    createSecureContext({ ca: text });
    return [text];
  } catch (cause) {
    throw unusable(caFile, 'noCertificates', cause);
  }
}

function unusable(path: string, reason: string, cause?: unknown): MiddlewareError {
  return new MiddlewareError('ERR_CONFIG_INVALID', 'CA file cannot be used', { fields: { path, reason }, cause });
}
