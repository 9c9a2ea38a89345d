import type { RevocationState } from '../model/revocation.js';

/** Of what the user is warned before the PIN: that a certificate was revoked, or that nobody could say. */
export function warningOf(state: RevocationState | undefined): 'revoked' | 'unknown' | undefined {
  return state?.status === 'revoked' || state?.status === 'unknown' ? state.status : undefined;
}
