import type { HistoryEvent, KeyUse } from '../../src/model/history.js';

const keyUse: KeyUse = {
  token: 'card:1',
  certificate: '00',
  relyingParty: 'urn:test:rp',
  launcher: 'page',
  outcome: 'failed',
  hintCode: 'cardRemoved',
  level: 3,
  apduCount: 7,
  cardMs: 1.5,
};
const pin = { token: 'card:1', pinReference: 17 };

/** One of each kind, with everything that it may have. */
export const historyEvents: { readonly [K in HistoryEvent['kind']]: HistoryEvent & { readonly kind: K } } = {
  inserted: { kind: 'inserted', reader: 'A', token: 'card:1' },
  removed: { kind: 'removed', reader: 'A', token: 'card:1' },
  'pin-try': { kind: 'pin-try', ...pin, outcome: 'wrong', attemptsRemaining: 2, purpose: 'login' },
  'foreign-pin-try': { kind: 'foreign-pin-try', ...pin, attemptsBefore: 3, attemptsRemaining: 2, programs: ['other'] },
  'foreign-use': { kind: 'foreign-use', token: 'card:1', what: 'pin', programs: ['other'] },
  'torn-line': { kind: 'torn-line', keptIn: 'history.torn' },
  'damaged-file': { kind: 'damaged-file', keptIn: 'history.damaged' },
  'torn-head': { kind: 'torn-head' },
  'part-sealed': { kind: 'part-sealed', part: 'history-000001.jsonl', sha256: '00', first: 1 },
  'part-removed': { kind: 'part-removed', part: 'history-000001.jsonl', last: 9, hash: '00' },
  download: {
    kind: 'download',
    token: 'card:1',
    issuer: 'urn:test:issuer',
    order: 'renewal',
    outcome: 'complete',
    fingerprint: '00',
    retired: '01',
    code: 'ERR_ISSUER_REFUSED',
  },
  'certificate-removed': { kind: 'certificate-removed', token: 'card:1', fingerprint: '00', outcome: 'failed' },
  'certificate-restored': { kind: 'certificate-restored', token: 'card:1', fingerprint: '00', outcome: 'complete' },
  login: { kind: 'login', ...keyUse },
  signature: { kind: 'signature', documents: 1, ...keyUse },
};
