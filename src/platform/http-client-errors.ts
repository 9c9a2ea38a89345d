import { MiddlewareError, type ErrorCode } from '../core/errors.js';

/** Codes of Node's TLS (`tls.TLSSocket`, OpenSSL's X509_V_ERR_ names) by what is wrong with the server. */
const tlsReasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'name',
  ERR_TLS_CERT_ALTNAME_FORMAT: 'name',
  HOSTNAME_MISMATCH: 'name',
  UNABLE_TO_GET_ISSUER_CERT: 'untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'untrusted',
  UNABLE_TO_DECRYPT_CERT_SIGNATURE: 'untrusted',
  UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: 'untrusted',
  CERT_SIGNATURE_FAILURE: 'untrusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'untrusted',
  CERT_CHAIN_TOO_LONG: 'untrusted',
  CERT_REVOKED: 'untrusted',
  CERT_UNTRUSTED: 'untrusted',
  CERT_REJECTED: 'untrusted',
  INVALID_CA: 'untrusted',
  INVALID_PURPOSE: 'untrusted',
  PATH_LENGTH_EXCEEDED: 'untrusted',
};

/** Codes of the system's network calls by what they mean to whoever wants to reach somebody. */
const networkReasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  ECONNREFUSED: 'refused',
  EACCES: 'refused',
  EPERM: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  EADDRNOTAVAIL: 'refused',
  ETIMEDOUT: 'timeout',
};

/**
 * A failed call as our error: which server and in which way, nothing of what was said. The cause is not kept, since
 * Node's errors quote the bytes that they stumbled over.
 */
export function remoteError(host: string, error: unknown): MiddlewareError {
  if (error instanceof MiddlewareError) return error;
  const code = codeOf(error);
  const tls = tlsReasons[code];
  if (tls !== undefined) return remote('ERR_REMOTE_TLS', host, tls);
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code === 'EPROTO') {
    return remote('ERR_REMOTE_TLS', host, 'protocol');
  }
  if (code === 'HPE_HEADER_OVERFLOW') return remote('ERR_REMOTE_RESPONSE', host, 'too-long');
  if (code.startsWith('HPE_')) return remote('ERR_REMOTE_RESPONSE', host, 'malformed');
  return remote('ERR_REMOTE_UNREACHABLE', host, networkReasons[code] ?? 'closed');
}

/** An error of the `ERR_REMOTE_` family. */
export function remote(code: ErrorCode & `ERR_REMOTE_${string}`, host: string, reason: string): MiddlewareError {
  const retriable = code === 'ERR_REMOTE_UNREACHABLE';
  return new MiddlewareError(code, `Call to a server failed: ${reason}`, { fields: { host, reason }, retriable });
}

/** Node reports several addresses that all failed as one error that holds theirs. */
function codeOf(error: unknown): string {
  const { code, errors } = error as { readonly code?: unknown; readonly errors?: readonly unknown[] };
  if (typeof code === 'string') return code;
  return errors?.[0] === undefined ? '' : codeOf(errors[0]);
}
