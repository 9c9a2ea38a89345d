import type { DaemonStatus, StatusCertificate, StatusReader, StatusReport } from '../control-contract/status.js';
import { definedFields } from '../core/errors.js';
import type { RetryCounter } from '../model/pin.js';
import type { ReaderState } from '../model/reader.js';
import type { RevocationKnowledge } from '../model/revocation.js';
import type { JudgeCertificate } from '../operations/candidates.js';
import { shownKeyType } from '../pki/certificate-algorithms.js';
import { purposeOf } from '../pki/suitability.js';
import type { TokenCertificate } from '../tokens/token.js';
import type { TokenEntry, TokenRegistry } from '../tokens/token-registry.js';
import type { ReaderMonitor } from '../transport/card-channel.js';

/** Where a status report takes its facts from. */
export interface StatusSources {
  readonly monitor: ReaderMonitor;
  readonly tokens: TokenRegistry;
  readonly judge: JudgeCertificate;
  readonly revocation: RevocationKnowledge;
  readonly now: () => number;
}

/** All that `kort status` shows, without asking any card anew. */
export function statusReport(daemon: DaemonStatus, sources: StatusSources): StatusReport {
  const { service, readers } = sources.monitor.snapshot;
  const ofModules = sources.tokens.entries.filter(({ reader }) => !readers.some(({ name }) => name === reader));
  return {
    daemon,
    service,
    readers: [
      ...readers.map((reader) => describeReader(reader, sources)),
      // Tokens that a vendor's module has, and PC/SC has not: its slots are what comes nearest to a reader.
      ...ofModules.map((entry): StatusReader => ({
        name: entry.reader,
        card: 'present',
        sharing: 'unused',
        ...describeEntry(entry, sources),
      })),
    ],
  };
}

function describeReader(reader: ReaderState, sources: StatusSources): StatusReader {
  const entry = sources.tokens.entries.find((candidate) => candidate.reader === reader.name);
  const { name, card, sharing } = reader;
  return { name, card, sharing, ...describeEntry(entry, sources) };
}

function describeEntry(
  entry: TokenEntry | undefined,
  sources: StatusSources,
): Pick<StatusReader, 'token' | 'problem' | 'sameAs' | 'skipped'> {
  if (entry?.sameAs !== undefined) return { sameAs: entry.sameAs };
  if (entry?.skipped !== undefined) return { skipped: entry.skipped };
  if (entry?.state === 'unknown') return { problem: { code: 'ERR_CARD_UNKNOWN', fields: {} } };
  if (entry?.error !== undefined)
    return { problem: { code: entry.error.code, fields: definedFields(entry.error.fields) } };
  if (entry?.token === undefined) return {};
  const { id, product, serial, label, pins } = entry.token.info;
  return {
    token: {
      id,
      product,
      serial,
      label,
      pins: pins.map(({ reference, role }) => ({
        reference,
        role,
        ...describeCounter(entry.retryCounters, reference),
      })),
      certificates: (entry.certificates ?? []).map((held) => describeCertificate(held, sources)),
    },
  };
}

function describeCounter(counters: readonly RetryCounter[] | undefined, reference: number) {
  const counter = counters?.find((candidate) => candidate.reference === reference);
  return { attemptsRemaining: counter?.attemptsRemaining, blocked: counter?.blocked ?? false };
}

function describeCertificate({ certificate, key }: TokenCertificate, sources: StatusSources): StatusCertificate {
  const purpose = purposeOf(certificate);
  const verdict = sources.judge(certificate, sources.now(), purpose ?? 'auth');
  const { fingerprint, issuer, person, keyBits, notBefore, notAfter } = certificate;
  return {
    fingerprint,
    holder: person.commonName,
    organization: person.organization,
    issuer,
    level: verdict.usable ? verdict.level : undefined,
    notBefore: new Date(notBefore).toISOString(),
    notAfter: new Date(notAfter).toISOString(),
    keyType: shownKeyType(certificate),
    keyBits,
    purpose,
    usable: verdict.usable && key !== undefined,
    revocation: sources.revocation.of(fingerprint),
  };
}
