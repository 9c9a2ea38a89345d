import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MiddlewareError } from '../core/errors.js';
import type { TrustPolicy } from '../model/trust.js';
import { parseCertificate } from '../pki/certificate.js';
import { defaultLevelTable, trustPolicyFrom } from '../pki/level-table.js';

/** Where CA certificates lie, and whose they are: a user's folder may hold test issuers only. */
export interface TrustFolder {
  readonly path: string;
  readonly source: 'system' | 'user';
}

/**
 * The trust policy that the CA certificates in these folders mean (`*.pem`, several to a file allowed). Folders that are
 * not there count as empty.
 */
export function readTrustFolders(folders: readonly TrustFolder[]): TrustPolicy {
  return trustPolicyFrom(folders.flatMap(certificatesIn), defaultLevelTable);
}

function certificatesIn({ path, source }: TrustFolder): Uint8Array[] {
  return namesIn(path).flatMap((name) => {
    const file = join(path, name);
    const certificates = readPem(file);
    if (source === 'user' && !certificates.every(isTestIssuer)) throw invalid(file, 'not a TEST issuer');
    return certificates;
  });
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path)
      .filter((name) => name.endsWith('.pem'))
      .toSorted();
  } catch {
    return [];
  }
}

function readPem(file: string): Uint8Array[] {
  const blocks = readFileSync(file, 'utf8').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    return blocks.map((block) => new Uint8Array(new X509Certificate(block).raw));
  } catch (cause) {
    throw invalid(file, 'not a certificate', cause);
  }
}

function isTestIssuer(der: Uint8Array): boolean {
  return parseCertificate(der).person.commonName.startsWith('TEST ');
}

function invalid(path: string, detail: string, cause?: unknown): MiddlewareError {
  return new MiddlewareError('ERR_CONFIG_INVALID', 'CA certificate cannot be used', {
    fields: { path, detail },
    cause,
  });
}
