import { createHash } from 'node:crypto';
import type { Clock } from '../../src/core/ports.js';
import type { CertificateInfo } from '../../src/model/certificate.js';
import type { ExpiryMemory, ExpiryState, KnownAuthority } from '../../src/model/expiry-memory.js';
import type { FindAuthorities } from '../../src/operations/expiry/known-cards.js';
import type { TokenEntry } from '../../src/tokens/token-entry.js';
import type { Token } from '../../src/tokens/token.js';

export const dayMs = 86_400_000;
export const hourMs = 3_600_000;

/** What a test says of a certificate. */
export interface TestCertificate {
  readonly name?: string;
  readonly personId?: string;
  readonly purpose?: 'auth' | 'sign' | 'none';
  readonly notBefore: number;
  readonly notAfter: number;
}

/** A certificate as far as the expiry radar looks at it. */
export function certificateInfo(given: TestCertificate): CertificateInfo {
  const { name = 'Tolvan Tolvansson', personId = '191212121212', purpose = 'auth', notBefore, notAfter } = given;
  const fingerprint = createHash('sha256').update(JSON.stringify(given)).digest('hex');
  return {
    der: new Uint8Array(),
    fingerprint,
    serialNumber: '01',
    subject: `CN=${name}`,
    issuer: 'CN=TEST Person CA,O=Test,C=SE',
    person: { commonName: name, personId },
    notBefore,
    notAfter,
    keyType: 'rsa',
    keyBits: 2048,
    keyUsage: purpose === 'auth' ? ['digitalSignature'] : purpose === 'sign' ? ['nonRepudiation'] : ['keyEncipherment'],
    extendedKeyUsage: purpose === 'auth' ? ['1.3.6.1.5.5.7.3.2'] : [],
    policies: [],
    isCa: false,
    spkiSha256: fingerprint,
  };
}

/** A reader with a card that holds keys to these certificates. */
export function cardEntry(id: string, certificates: readonly CertificateInfo[], label = `Card ${id}`): TokenEntry {
  const token: Token = {
    info: { id: `card:${id}`, product: 'IDPrime 940', serial: id, label, reader: `Reader ${id}`, pins: [] },
    certificates: () => Promise.reject(new Error('The radar asks no card')),
    retryCounters: () => Promise.reject(new Error('The radar asks no card')),
    close: () => Promise.resolve(),
  };
  const key = { reference: 1, pin: 1, algorithms: [], decipherAlgorithms: [], pinEachTime: false };
  return {
    reader: `Reader ${id}`,
    state: 'ready',
    token,
    certificates: certificates.map((certificate) => ({ certificate, key })),
  };
}

/** Readers whose cards a test changes. */
export function changingTokens(start: readonly TokenEntry[] = []) {
  const listeners = new Set<() => void>();
  let entries = start;
  return {
    get entries() {
      return entries;
    },
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    put(...next: readonly TokenEntry[]): void {
      entries = next;
      for (const listener of listeners) listener();
    },
  };
}

/** A wall clock that stands until it is set. */
export function standingClock(start: number): Clock & { set(at: number): void; pass(ms: number): void } {
  let at = start;
  return {
    now: () => at,
    monotonic: () => at,
    set: (next) => void (at = next),
    pass: (ms) => void (at += ms),
  };
}

/** Every certificate has level 3 and these CAs above it. */
export function authorities(...known: readonly KnownAuthority[]): FindAuthorities {
  return () => ({ level: 3, authorities: known });
}

export const emptyState: ExpiryState = { salt: '00', latest: 0, cards: {}, deliveries: {}, snoozes: {} };

/** A memory that keeps nothing on a disk. */
export function looseMemory(start: ExpiryState = emptyState): ExpiryMemory {
  let state = start;
  return {
    get state() {
      return state;
    },
    save: (next) => {
      state = next;
      return Promise.resolve();
    },
  };
}
