import type { PreparedCardWork } from './card-work.js';
import { prepareRemoval } from './certificate-removal.js';
import { prepareRestore } from './certificate-restore.js';
import type { CertificateCareDependencies, RequestTo } from './certificate-work.js';

/** Takes certificates off cards, and puts them back. */
export interface CertificateCare {
  /** As {@link prepareRemoval}. */
  prepareRemoval(request: RequestTo<'remove'>, signal: AbortSignal): Promise<PreparedCardWork>;
  /** As {@link prepareRestore}. */
  prepareRestore(request: RequestTo<'restore'>, signal: AbortSignal): Promise<PreparedCardWork>;
}

/** Looks after the certificates that are on cards. */
export function createCertificateCare(dependencies: CertificateCareDependencies): CertificateCare {
  return {
    prepareRemoval: (request, signal) => prepareRemoval(dependencies, request, signal),
    prepareRestore: (request, signal) => prepareRestore(dependencies, request, signal),
  };
}
