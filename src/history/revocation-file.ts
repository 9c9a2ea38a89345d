import type { Logger } from '../core/ports.js';
import type { RevocationMemory, SettledRevocation } from '../model/revocation.js';
import { openJsonMapFile } from './json-map-file.js';

/** Of the cards that come and go at one computer. */
const limit = 200;

/** Opens, or begins, the file of what is known of revocation, for this user's eyes only. One that makes no sense is begun anew. */
export async function openRevocationFile(path: string, logger: Logger): Promise<RevocationMemory> {
  return await openJsonMapFile(path, {
    logger,
    isValue: isAnswer,
    warning: 'What was known of revocation could not be read and is begun anew',
    limit,
  });
}

function isAnswer(value: unknown): value is SettledRevocation {
  if (typeof value !== 'object' || value === null) return false;
  const { status, checkedAt, validUntil, revokedAt, certificate, reason } = value as Partial<Record<string, unknown>>;
  if (!isTime(checkedAt)) return false;
  if (status === 'good') return isTime(validUntil);
  if (status !== 'revoked' || !isTime(revokedAt)) return false;
  return ['leaf', 'issuer'].includes(String(certificate)) && (reason === undefined || typeof reason === 'string');
}

const isTime = (value: unknown): boolean =>
  typeof value === 'string' && /^\d{4}-/.test(value) && !Number.isNaN(Date.parse(value));
