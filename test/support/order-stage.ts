import { Secret } from '../../src/core/secret.js';
import type { CertificateInfo } from '../../src/model/certificate.js';
import type { ChoiceRule } from '../../src/model/certificate-choice.js';
import type { RevocationState } from '../../src/model/revocation.js';
import type { ChoiceQuestion, RememberedChoice } from '../../src/model/card-choice-memory.js';
import type { RetryCounter } from '../../src/model/pin.js';
import type { HistoryEvent } from '../../src/model/history.js';
import type { Purpose } from '../../src/model/relying-party.js';
import type { AcceptedOrder, PendingHint } from '../../src/oob/oob-service.js';
import type { CertificateVerdict } from '../../src/operations/candidates.js';
import type { CardRemovals } from '../../src/operations/card-removal.js';
import { createCertificatesInUse } from '../../src/operations/certificates-in-use.js';
import { createOrderRunner } from '../../src/operations/order-runner.js';
import type {
  SignAllRequest,
  SignAllResult,
  SigningToken,
  SignRequest,
  SignResult,
  TokenKey,
} from '../../src/tokens/token.js';
import type { TokenEntry } from '../../src/tokens/token-registry.js';
import { ScriptedSurface } from './scripted-surface.js';

const now = Date.parse('2026-11-22T12:00:00Z');

/** A certificate of a person, with nothing but its number in it. */
export const certificateOf = (personId: string): CertificateInfo => ({
  der: Uint8Array.of(0x30, 0),
  fingerprint: personId,
  serialNumber: '01',
  subject: `CN=${personId}`,
  issuer: 'CN=TEST CA',
  person: { commonName: `TEST ${personId}`, personId },
  notBefore: now - 1000,
  notAfter: now + 1000,
  keyType: 'rsa',
  keyBits: 2048,
  keyUsage: ['digitalSignature'],
  extendedKeyUsage: [],
  policies: [],
  isCa: false,
  spkiSha256: '00',
});

const fits: CertificateVerdict = { usable: true, level: 3, chain: [Uint8Array.of(1)], testIssuer: true };
const format = { minLength: 4, maxLength: 8, characters: 'digits' } as const;

/** A login at a relying party of the user. */
export const loginOrder: AcceptedOrder = {
  id: 'order-1',
  relyingParty: {
    clientId: 'urn:test:rp',
    displayName: { sv: 'Provet', en: 'The Test' },
    origins: [],
    endpoints: { pins: [] },
    unbound: false,
    pinForEachDocument: false,
    jwks: { keys: [] },
    acrValues: ['http://id.sambi.se/loa/loa3'],
    issuers: [],
    launchers: ['process'],
    purposes: ['auth'],
    source: 'user',
  },
  launcher: 'process',
  purpose: 'auth',
  bound: true,
  visibleText: undefined,
  documents: [],
  origin: undefined,
  nonce: 'n'.repeat(22),
  requestHash: 'hash',
  acrValues: ['http://id.sambi.se/loa/loa3'],
  user: undefined,
  issuers: [],
  confirmationCode: undefined,
  bindingMessage: undefined,
  expiresAt: now + 180_000,
};

/** How a card of the stage behaves. */
export interface CardScript {
  /** `unknown`: another program left the card verified, and it does not tell. */
  attempts?: number | 'unknown';
  blocked?: boolean;
  sign?: (request: SignRequest) => Promise<SignResult>;
  signAll?: (request: SignAllRequest) => Promise<SignAllResult>;
  key?: Partial<TokenKey>;
  certificate?: Partial<CertificateInfo>;
  /** Whose card it is, if not one's own. */
  person?: string;
  /** Whether its reader has a keypad. */
  pinPad?: boolean;
  reader?: string;
  counters?: (signal?: AbortSignal) => Promise<readonly RetryCounter[]>;
}

/** Plays registry, surface, history and memory around the order runner: tests insert and pull cards, and answer. */
export function orderStage(
  verdict: CertificateVerdict | ((certificate: CertificateInfo, purpose: Purpose) => CertificateVerdict) = fits,
  removals: CardRemovals = { prepare: () => Promise.resolve(undefined) },
) {
  const surface = new ScriptedSurface();
  const history: HistoryEvent[] = [];
  const hints: PendingHint[] = [];
  const listeners = new Set<() => void>();
  const controller = new AbortController();
  const requests: SignRequest[] = [];
  const requestsForAll: SignAllRequest[] = [];
  const registry = { entries: [] as TokenEntry[] };
  const chosen = new Map<string, RememberedChoice>();
  const rules = { all: [] as readonly ChoiceRule[] };
  const inUse = createCertificatesInUse();
  const revoked = new Map<string, RevocationState>();
  const learned = new Set<() => void>();
  const keyOf = ({ clientId, purpose, levels }: ChoiceQuestion): string =>
    `${clientId} ${purpose === 'sign' ? 'sign ' : ''}${levels.join()}`;

  const card = (name: string, script: CardScript = {}): TokenEntry => {
    const { reader = `reader ${name}`, person = name } = script;
    const token: SigningToken = {
      info: {
        id: `card:${name}`,
        product: 'TEST',
        serial: name,
        label: name,
        reader,
        pins: [{ reference: 0x11, role: 'authentication', format, pinPad: script.pinPad === true ? ['verify'] : [] }],
      },
      certificates: () => Promise.resolve([]),
      retryCounters: (signal) =>
        script.counters?.(signal) ??
        Promise.resolve([
          {
            reference: 0x11,
            attemptsRemaining: script.attempts === 'unknown' ? undefined : (script.attempts ?? 3),
            blocked: script.blocked ?? false,
          },
        ]),
      verifyAndSign: (request) => {
        requests.push(request);
        return (
          script.sign?.(request) ?? Promise.resolve({ signature: Uint8Array.of(7), cost: { apduCount: 7, cardMs: 1 } })
        );
      },
      verifyAndSignAll: (request) => {
        requestsForAll.push(request);
        return script.signAll?.(request) ?? Promise.reject(new Error('this card signs once'));
      },
      close: () => Promise.resolve(),
    };
    return {
      reader,
      state: 'ready',
      token,
      certificates: [
        {
          certificate: { ...certificateOf(person), fingerprint: name, ...script.certificate },
          key: {
            reference: 1,
            pin: 0x11,
            algorithms: ['RS256'],
            decipherAlgorithms: [],
            pinEachTime: false,
            ...script.key,
          },
        },
      ],
    };
  };
  const set = (...entries: TokenEntry[]) => {
    registry.entries = entries;
    for (const listener of listeners) listener();
  };
  const run = createOrderRunner({
    removals,
    tokens: {
      get entries() {
        return registry.entries;
      },
      subscribe: (listener: () => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    surfaces: surface,
    judge: (certificate, _at, purpose) => (typeof verdict === 'function' ? verdict(certificate, purpose) : verdict),
    inUse,
    rules,
    revocation: {
      of: (fingerprint) => revoked.get(fingerprint),
      subscribe: (listener: () => void) => {
        learned.add(listener);
        return () => learned.delete(listener);
      },
    },
    choices: {
      recall: (question) => chosen.get(keyOf(question)),
      remember: (question, choice) => {
        chosen.set(keyOf(question), choice);
        return Promise.resolve();
      },
    },
    history: {
      append: (event) => {
        history.push(event);
        return Promise.resolve();
      },
      recent: () => Promise.resolve([]),
    },
    clock: { now: () => now, monotonic: () => 0 },
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });
  const promptOpen: boolean[] = [];
  const askedAgain: (() => void)[] = [];
  const askAgain = (): void => {
    for (const listener of askedAgain) listener();
  };
  const login = (asked: Partial<AcceptedOrder> = {}) =>
    run(
      { ...loginOrder, ...asked },
      {
        hint: (hint) => hints.push(hint),
        promptOpen: (open) => promptOpen.push(open),
        onAskedAgain: (listener) => void askedAgain.push(listener),
        signal: controller.signal,
      },
    );
  const pin = () => Secret.moveFrom(Uint8Array.from(Buffer.from('482913')));
  const typePin = (lastTryConsent = false) => {
    const secret = pin();
    surface.answer({ kind: 'pin', pin: secret, lastTryConsent });
    return secret;
  };
  return {
    chosen,
    rules,
    inUse,
    revoked,
    /** What is known of a certificate from now on. */
    learn: (fingerprint: string, state: RevocationState) => {
      revoked.set(fingerprint, state);
      for (const listener of learned) listener();
    },
    surface,
    history,
    hints,
    promptOpen,
    controller,
    requests,
    requestsForAll,
    card,
    set,
    login,
    typePin,
    askAgain,
  };
}

/** Whether nothing is left of a PIN. */
export const wiped = (secret: Secret) => secret.use((bytes) => bytes.every((byte) => byte === 0));
