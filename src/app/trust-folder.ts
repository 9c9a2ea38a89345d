import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import type { CertificateInfo } from '../model/certificate.js';
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
 *
 * @param onProblem - told of each file that cannot be used (ERR_CONFIG_INVALID with `path` and `reason`); the others
 *   are. Whatever it throws ends the reading.
 */
export function readTrustFolders(
  folders: readonly TrustFolder[],
  onProblem: (problem: MiddlewareError) => void,
): TrustPolicy {
  const certificates = folders.flatMap(({ path, source }) =>
    namesIn(path).flatMap((name) => {
      try {
        return readPem(join(path, name), source);
      } catch (error) {
        if (!isMiddlewareError(error)) throw error;
        onProblem(error);
        return [];
      }
    }),
  );
  return trustPolicyFrom(certificates, defaultLevelTable);
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

function readPem(file: string, source: TrustFolder['source']): Uint8Array[] {
  const blocks = textOf(file).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if (blocks === null) throw invalid(file, 'noCertificates');
  return blocks.map((block) => {
    const { der, person } = certificateOf(file, block);
    if (source === 'user' && !person.commonName.startsWith('TEST ')) throw invalid(file, 'issuerNotTest');
    return der;
  });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw invalid(file, 'fileUnreadable', cause);
  }
}

function certificateOf(file: string, pem: string): CertificateInfo {
  try {
    return parseCertificate(new Uint8Array(new X509Certificate(pem).raw));
  } catch (cause) {
    throw invalid(file, 'certificateUnreadable', cause);
  }
}

function invalid(path: string, reason: string, cause?: unknown): MiddlewareError {
  return new MiddlewareError('ERR_CONFIG_INVALID', 'CA certificate cannot be used', {
    fields: { path, reason },
    cause,
  });
}
