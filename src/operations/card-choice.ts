import type { RememberedChoice } from '../model/card-choice-memory.js';
import type { Candidate } from './candidates.js';

/**
 * The candidate that is asked for its PIN without a question: that of last time, else the first on the only card. With
 * cards of two people in, only the user can say whose PIN will be typed.
 */
export function preselect(
  candidates: readonly Candidate[],
  remembered: RememberedChoice | undefined,
): Candidate | undefined {
  const isOneCard = new Set(candidates.map(({ token }) => token.info.id)).size === 1;
  if (!isOneCard && new Set(candidates.map(personOf)).size > 1) return undefined;
  const last = candidates.find(
    ({ token, certificate }) =>
      token.info.id === remembered?.token && certificate.fingerprint === remembered.certificate,
  );
  return last ?? (isOneCard ? candidates[0] : undefined);
}

/** Two cards without a number on them may belong to two people. */
function personOf({ certificate, token }: Candidate): string {
  return certificate.person.personId ?? `without number: ${token.info.id}`;
}
