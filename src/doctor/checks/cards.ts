import type { StatusCertificate, StatusPin, StatusReader, StatusToken } from '../../control-contract/status.js';
import type { DoctorFinding } from '../../model/doctor.js';
import { doctorFinding, type DoctorCode } from '../../model/doctor-codes.js';
import { reportOfDaemon } from '../ask-softly.js';
import type { CheckOutcome, DoctorCheck, DoctorDaemon } from '../doctor-check.js';
import type { PcscLook } from './pcsc.js';

/** What {@link cardsCheck} looks at. */
export interface CardsPorts {
  readonly daemon: DoctorDaemon;
  readonly look: () => Promise<PcscLook>;
  readonly now: () => number;
}

type Findings = readonly DoctorFinding<DoctorCode>[];

/** PC/SC's own name of what polkit refuses. */
const securityViolation = 'SCARD_W_SECURITY_VIOLATION';

/** A card of three tries, as most are, blocks at the next wrong one after that. */
const fewAttempts = 1;

/**
 * What is the matter with the cards that are inserted. The daemon has read them already: nothing is sent to them, and
 * no try is spent.
 */
export function cardsCheck({ daemon, look, now }: CardsPorts): DoctorCheck {
  return {
    name: 'cards',
    lane: 'cards',
    run: async () => {
      const report = await reportOfDaemon(daemon);
      if (report === undefined) return await withoutDaemon(look);
      const facts = await daemon.ask('doctor.facts', {}).catch(() => undefined);
      const atrOf = (reader: string): string | undefined => facts?.readers.find(({ name }) => name === reader)?.atr;
      const found = report.readers.flatMap((reader) => readerFindings(reader, atrOf(reader.name), now()));
      return found.length === 0 ? [doctorFinding('cards.none')] : found;
    },
  };
}

/** A card that gives no answer to reset is known from the reader. */
async function withoutDaemon(look: CardsPorts['look']): Promise<CheckOutcome> {
  const { readers } = (await look()).service;
  const mute = readers.filter(({ card }) => card === 'mute');
  if (mute.length === 0) return { notTried: doctorFinding('cards.unread') };
  return mute.map(({ name: reader }) => doctorFinding('cards.mute', { reader }));
}

function readerFindings(
  { name: reader, card, token, sameAs, skipped, problem, sharing }: StatusReader,
  atr: string | undefined,
  now: number,
): Findings {
  if (card === 'absent' || skipped !== undefined) return [];
  if (card === 'mute') return [doctorFinding('cards.mute', { reader })];
  if (sameAs !== undefined) return [doctorFinding('cards.twice', { reader, other: sameAs })];
  if (card === 'unresponsive') return [doctorFinding('cards.unresponsive', { reader })];
  if (token !== undefined) return tokenFindings(token, reader, now);
  // Of a card that another program has for itself, the check of other programs speaks.
  if (problem === undefined || sharing === 'exclusive') return [doctorFinding('cards.reading', { reader })];
  if (problem.code === 'ERR_CARD_UNKNOWN') return [doctorFinding('cards.unknown', { reader, atr })];
  if (problem.code === 'ERR_CARD_MUTE') return [doctorFinding('cards.mute', { reader })];
  if (problem.fields['status'] === securityViolation) return [doctorFinding('cards.refused', { reader })];
  return [doctorFinding('cards.unreadable', { reader, code: problem.code, atr })];
}

function tokenFindings(
  { label: card, product, pins, certificates }: StatusToken,
  reader: string,
  now: number,
): Findings {
  return [
    ...pins.flatMap((pin) => pinFindings(pin, { card, reader })),
    ...(certificates.length === 0 ? [doctorFinding('cards.no-certificate', { card, reader })] : []),
    ...certificates.flatMap((certificate) => certificateFindings(certificate, card, now)),
    doctorFinding('cards.here', { card, product, reader }),
  ];
}

function pinFindings(
  { role, blocked, attemptsRemaining: attempts }: StatusPin,
  where: { readonly card: string; readonly reader: string },
): Findings {
  const isSignature = role === 'signature';
  if (blocked) return [doctorFinding(isSignature ? 'cards.signature-pin-blocked' : 'cards.pin-blocked', where)];
  if (attempts === undefined || attempts > fewAttempts) return [];
  return [doctorFinding(isSignature ? 'cards.signature-pin-low' : 'cards.pin-low', { ...where, attempts })];
}

/** Certificates for neither logins nor signatures are nobody's worry here. */
function certificateFindings(
  { fingerprint, issuer, level, notBefore, notAfter, purpose, revocation }: StatusCertificate,
  card: string,
  now: number,
): Findings {
  if (purpose === undefined) return [];
  const which = { card, fingerprint: fingerprint.slice(0, 16) };
  if (Date.parse(notAfter) < now) {
    return [doctorFinding('cards.certificate-expired', { ...which, date: notAfter.slice(0, 10) })];
  }
  if (Date.parse(notBefore) > now) {
    return [doctorFinding('cards.certificate-future', { ...which, date: notBefore.slice(0, 10) })];
  }
  if (revocation?.status === 'revoked') return [doctorFinding('cards.certificate-revoked', which)];
  return level === undefined ? [doctorFinding('cards.certificate-no-level', { ...which, issuer })] : [];
}
