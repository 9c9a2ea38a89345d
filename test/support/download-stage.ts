import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock, type Logger } from '../../src/core/ports.js';
import { toHex } from '../../src/core/bytes.js';
import { MiddlewareError } from '../../src/core/errors.js';
import { checkIssued } from '../../src/enrollment/check-issued.js';
import type { CardWorkOutcome, CardWorkStep } from '../../src/model/card-work.js';
import type { CertificateBackup, CertificateBackups } from '../../src/model/certificate-backup.js';
import type { CertificateOrder } from '../../src/model/certificate-order.js';
import type { DownloadJournal, DownloadRecord } from '../../src/model/download.js';
import type { RelyingParty } from '../../src/model/relying-party.js';
import type { TrustPolicy } from '../../src/model/trust.js';
import { createRelyingPartyRegistry } from '../../src/oob/registry.js';
import { createCardLocks } from '../../src/operations/card-locks.js';
import type { PreparedCardWork } from '../../src/operations/card-work.js';
import { createDownloads, type Downloads } from '../../src/operations/download/downloads.js';
import { createIssuerSessions, type SignedIn } from '../../src/operations/download/issuer-sessions.js';
import { issuePerson, trustPolicyOf, type SandboxCa } from '../../src/sandbox/ca/sandbox-ca.js';
import { testPeople } from '../../src/sandbox/ca/person.js';
import { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import { memoryCardStore } from '../../src/sandbox/virtual-card/memory-card-store.js';
import { personalize, type Personalization } from '../../src/sandbox/virtual-card/personalize.js';
import type { VirtualCard } from '../../src/sandbox/virtual-card/virtual-card.js';
import { VirtualIdPrimeCard } from '../../src/sandbox/virtual-card/virtual-idprime-card.js';
import { encodeCardState } from '../../src/sandbox/virtual-card/card-state-codec.js';
import { personalizePiv } from '../../src/sandbox/virtual-piv/personalize-piv.js';
import { memoryPivStore } from '../../src/sandbox/virtual-piv/piv-card-stores.js';
import { VirtualPivCard } from '../../src/sandbox/virtual-piv/virtual-piv-card.js';
import { personalizePkcs15 } from '../../src/sandbox/virtual-pkcs15/personalize-pkcs15.js';
import { memoryPkcs15Store } from '../../src/sandbox/virtual-pkcs15/pkcs15-stores.js';
import { VirtualPkcs15Card } from '../../src/sandbox/virtual-pkcs15/virtual-pkcs15-card.js';
import { createNativeDriver } from '../../src/tokens/native-driver.js';
import { createTokenRegistry, type TokenRegistry } from '../../src/tokens/token-registry.js';
import { canWrite, type WritableToken } from '../../src/tokens/token.js';
import { createSimulatorTransport } from '../../src/transport/simulator/simulator-transport.js';
import { allFamilies } from './contract-cards.js';
import { fakeIssuer, type FakeIssuer } from './fake-issuer.js';
import { parseOnce } from './parse-once.js';
import { memoryRetryCounters, recordingHistory, type RecordingHistory } from './recording-history.js';
import { recordingLogger } from './recording-logger.js';
import { secretOf } from './token-bench.js';
import { testCaller, type TestCaller } from './test-caller.js';

export const downloadPin = '123456';
export const downloadReader = 'TEST Reader';

/** A card of a person with one EC certificate for logins, made anew each time from the same certificate. */
export type DownloadCardKind = 'IDPrime 940' | 'IDPrime 840' | 'PIV' | 'MyEID' | 'IsoApplet';

export interface PersonKey {
  readonly der: Uint8Array;
  readonly privateKey: Awaited<ReturnType<typeof issuePerson>>['privateKey'];
}

export async function personKey(ca: SandboxCa, keyType: 'ec-p256' | 'rsa' = 'ec-p256'): Promise<PersonKey> {
  const { certificate: der, privateKey } = await issuePerson(ca, { ...testPeople.tolvan, keyType });
  return { der, privateKey };
}

/** What a download is tried on. */
export interface MadeCard {
  readonly card: VirtualCard;
  /** All that the card keeps, as bytes in hex, where the kind tells. */
  readonly state?: () => string;
  /** How often anything of its memory was written. */
  readonly changes: () => number;
}

/** A store that tells how often it was written to. */
function counted<S extends { save: (state: never) => void }>(
  store: S,
): { readonly store: S; readonly changes: () => number } {
  let changes = 0;
  const save = (state: never): void => {
    changes += 1;
    store.save(state);
  };
  return { store: { ...store, save }, changes: () => changes };
}

/** What differs from the usual card and reader. */
export interface StageExtras {
  /** Of a PIV card: 3DES, and not the factory's. */
  readonly managementKey?: Uint8Array;
  /** Of a PIV card: one that is no YubiKey. */
  readonly atrKind?: 'hist';
  readonly pinPad?: boolean;
  /** Of a PKCS #15 card: as one that pkcs15-init has made without being told a serial number. */
  readonly hasSerial?: boolean;
}

export function makeCard(
  kind: DownloadCardKind,
  key: PersonKey,
  more: Partial<Personalization> & StageExtras = {},
): MadeCard {
  const codes = { pin: Buffer.from(downloadPin), puk: Buffer.from('12345678') };
  const certificates = [key];
  if (kind === 'PIV') {
    const slots = [{ reference: 0x9a, ...key }];
    const own = more.managementKey && { managementKey: { algorithm: 0x03, value: more.managementKey } };
    const state = personalizePiv({ ...codes, ...own, atrKind: more.atrKind ?? 'yubikey', slots });
    const { store, changes } = counted(memoryPivStore(state));
    return { card: new VirtualPivCard({ store }), changes };
  }
  if (kind === 'MyEID' || kind === 'IsoApplet') {
    const commandSet = kind === 'MyEID' ? 'myeid' : 'isoapplet';
    const serial = more.hasSerial === false ? { serial: new Uint8Array(10) } : {};
    const puk = Buffer.from(kind === 'MyEID' ? '12345678' : '1234567812345678');
    const state = personalizePkcs15({ commandSet, ...codes, puk, certificates, ...serial });
    const { store, changes } = counted(memoryPkcs15Store(state));
    return { card: new VirtualPkcs15Card({ store, extendedLength: kind === 'IsoApplet' }), changes };
  }
  const model = kind === 'IDPrime 940' ? '940' : 'md840';
  const state = personalize({ model, ...codes, label: 'TEST card', certificates, ...more });
  const { store, changes } = counted(memoryCardStore(state));
  return { card: new VirtualIdPrimeCard({ store }), state: () => toHex(encodeCardState(store.load())), changes };
}

/** A journal in memory; what is written survives this process's objects, as a file would. */
export interface MemoryJournal extends DownloadJournal {
  readonly records: Map<string, DownloadRecord>;
  /** Steps in the order in which they were written, `removed` and `set-aside`. */
  readonly steps: string[];
  failAt: string | undefined;
}

export function memoryJournal(): MemoryJournal {
  const journal: MemoryJournal = {
    records: new Map(),
    steps: [],
    failAt: undefined,
    all: () => Promise.resolve([...journal.records.values()]),
    write(record) {
      if (journal.failAt === record.step) return Promise.reject(journalFull());
      journal.records.set(record.id, structuredClone(record));
      journal.steps.push(record.step);
      return Promise.resolve();
    },
    remove(id) {
      if (journal.records.delete(id)) journal.steps.push('removed');
      return Promise.resolve();
    },
    setAside(id) {
      if (journal.records.delete(id)) journal.steps.push('set-aside');
      return Promise.resolve();
    },
  };
  return journal;
}

const journalFull = (): Error =>
  new MiddlewareError('ERR_DOWNLOAD_JOURNAL', 'Disk is full', { fields: { detail: 'ENOSPC' } });

export interface MemoryBackups extends CertificateBackups {
  readonly kept: Map<string, CertificateBackup>;
  failure: Error | undefined;
}

export function memoryBackups(): MemoryBackups {
  const backups: MemoryBackups = {
    kept: new Map(),
    failure: undefined,
    all: () => Promise.resolve([...backups.kept.values()]),
    add(backup) {
      if (backups.failure !== undefined) return Promise.reject(backups.failure);
      backups.kept.set(backup.fingerprint, backup);
      return Promise.resolve();
    },
    markKeyGone: () => Promise.resolve(),
    remove: (fingerprint) => Promise.resolve(void backups.kept.delete(fingerprint)),
  };
  return backups;
}

/** An issuer, and downloads from it to whatever cards there are. */
export interface DownloadDesk {
  readonly tokens: TokenRegistry;
  readonly issuer: FakeIssuer;
  readonly journal: MemoryJournal;
  readonly backups: MemoryBackups;
  readonly history: RecordingHistory;
  readonly downloads: Downloads;
  readonly old: string;
  readonly replaced: [string, string][];
  /** Steps as they were told. */
  readonly told: (CardWorkStep | 'pin-pad')[];
  caller: TestCaller;
  /** Whom issued certificates must lead to. */
  policy: TrustPolicy;
  /** What is found to write through to a card. */
  standsFor: (token: WritableToken | undefined) => WritableToken | undefined;
  signIn(): Promise<SignedIn>;
  /** Begins a download of the first order. */
  begin(more?: { keepReplaced?: boolean; askManagementKey?: boolean }): Promise<PreparedCardWork>;
  resume(): Promise<PreparedCardWork>;
  run(
    prepared: PreparedCardWork,
    pin?: string,
    more?: { signal?: AbortSignal; managementKey?: string },
  ): Promise<CardWorkOutcome>;
}

/** One card in one reader, and a desk for it. */
export interface DownloadStage extends DownloadDesk {
  readonly hardware: VirtualHardware;
  readonly made: MadeCard;
  /** Waits until the card has been read. */
  ready(): Promise<WritableToken>;
  /** Fingerprints of the certificates on the card whose keys it has. */
  onCard(): Promise<readonly string[]>;
  /** Pulls the card if it is in, and puts it in again. */
  reinsert(): Promise<WritableToken>;
  close(): Promise<void>;
}

export const testOrder = (more: Partial<CertificateOrder> = {}): CertificateOrder => ({
  id: 'order-1',
  kind: 'extra',
  personId: testPeople.tolvan.personId,
  holder: 'Tolvan Tolvansson',
  issuer: 'CN=TEST SITHS e-id Person HSA-id 3 CA v1,O=Inera AB,C=SE',
  level: 3,
  keySpecs: ['ec-p256', 'rsa-2048'],
  notAfter: '2099-01-01T00:00:00.000Z',
  ...more,
});

const policies = new WeakMap<SandboxCa, ReturnType<typeof trustPolicyOf>>();

/** {@link trustPolicyOf}, read once. */
function policyOf(ca: SandboxCa): ReturnType<typeof trustPolicyOf> {
  const policy = policies.get(ca) ?? trustPolicyOf(ca);
  policies.set(ca, policy);
  return policy;
}

/** Downloads for the person of this key over these tokens. */
export function openDownloadDesk(
  ca: SandboxCa,
  key: PersonKey,
  { tokens, history, logger }: { tokens: TokenRegistry; history: RecordingHistory; logger: Logger },
): DownloadDesk {
  const issuer = fakeIssuer(ca, testPeople.tolvan);
  issuer.orders = [testOrder()];
  const [journal, backups] = [memoryJournal(), memoryBackups()];
  const leafAssertion = assertionWith(key.der);
  const sessions = createIssuerSessions({
    client: issuer,
    registry: () => createRelyingPartyRegistry([issuerParty]),
    service: {
      start: () => Promise.resolve({ orderRef: 'ref', expiresAt: '' }),
      collect: () => Promise.resolve({ status: 'complete', assertion: leafAssertion }),
      cancel: () => Promise.resolve(),
    },
    tokens,
    clock: systemClock,
    logger,
  });
  const replaced: [string, string][] = [];
  const told: DownloadDesk['told'] = [];
  const downloads = createDownloads({
    tokens: {
      get entries() {
        return tokens.entries;
      },
      subscribe: (listener) => tokens.subscribe(listener),
      findToken: (id) => tokens.findToken(id),
      writableToken: async (id) => desk.standsFor(await tokens.writableToken(id)),
    },
    history,
    journal,
    sessions,
    backups,
    locks: createCardLocks(),
    clock: systemClock,
    random: (length) => new Uint8Array(randomBytes(length)),
    logger,
    checkIssued: (answer, expected) => checkIssued(answer, { ...expected, policy: desk.policy }),
    onReplaced: (before, after) => void replaced.push([before, after]),
  });
  const desk: DownloadDesk = {
    ...{ tokens, issuer, journal, backups, history, downloads, replaced, told },
    old: parseOnce(key.der).fingerprint,
    caller: testCaller(),
    policy: policyOf(ca),
    standsFor: (token) => token,
    signIn: () => sessions.signIn(undefined, desk.caller, () => undefined),
    async begin(more = {}) {
      const { id } = await desk.signIn();
      return await downloads.prepareDownload(
        { work: 'download', session: id, orderId: 'order-1', ...more },
        desk.caller,
      );
    },
    async resume() {
      const [record] = [...journal.records.values()];
      const { id } = await desk.signIn();
      return await downloads.prepareResume({ work: 'resume', downloadId: record?.id ?? '', session: id }, desk.caller);
    },
    run: (prepared, pin = downloadPin, { signal = new AbortController().signal, managementKey } = {}) =>
      prepared.run(
        {
          pin: pin === 'pin-pad' ? pin : secretOf(pin),
          ...(managementKey === undefined ? {} : { managementKey: secretOf(managementKey) }),
        },
        { lastTryConsent: false, signal, onStep: (step) => void told.push(step) },
      ),
  };
  return desk;
}

export async function openDownloadStage(
  ca: SandboxCa,
  key: PersonKey,
  kind: DownloadCardKind = 'IDPrime 940',
  more: Partial<Personalization> & StageExtras = {},
): Promise<DownloadStage> {
  const made = makeCard(kind, key, more);
  const hardware = new VirtualHardware();
  hardware.addReader(downloadReader, more.pinPad === true ? { pinPad: {} } : {});
  hardware.addCard('card', made.card);
  hardware.insert(downloadReader, 'card');
  const transport = createSimulatorTransport(hardware);
  await transport.start();
  const [logger, history, memory] = [recordingLogger(), recordingHistory(), memoryRetryCounters()];
  const driver = createNativeDriver({
    families: allFamilies(),
    parseCertificate: parseOnce,
    history,
    memory,
    clock: systemClock,
    logger,
  });
  const tokens = createTokenRegistry({ transport, drivers: [driver], history, logger, retryDelaysMs: [20] });
  const readyToken = (): WritableToken | undefined => {
    const token = tokens.entries.find(({ state }) => state === 'ready')?.token;
    return token !== undefined && canWrite(token) ? token : undefined;
  };
  const ready = async (): Promise<WritableToken> => {
    for (let waited = 0; readyToken() === undefined; waited += 1) {
      if (waited > 10_000) throw new Error(`card never ready: ${JSON.stringify(tokens.entries)}`);
      await delay(1);
    }
    return readyToken()!;
  };
  const desk = openDownloadDesk(ca, key, { tokens, history, logger });
  const stage: DownloadStage = Object.assign(desk, {
    ...{ hardware, made },
    ready,
    onCard: async () =>
      (await (await ready()).certificates()).flatMap(({ certificate, key: held }) =>
        held === undefined || certificate.isCa ? [] : [certificate.fingerprint],
      ),
    async reinsert() {
      hardware.clearFaults(downloadReader);
      hardware.remove(downloadReader);
      for (let waited = 0; readyToken() !== undefined; waited += 1) {
        if (waited > 10_000) throw new Error('card never gone');
        await delay(1);
      }
      hardware.insert(downloadReader, 'card');
      return await ready();
    },
    async close() {
      stage.caller.end();
      await tokens.close();
      await transport.close();
    },
  });
  await ready();
  return stage;
}

/** Of an assertion only the header counts here. */
export const assertionWith = (leaf: Uint8Array): string => {
  const header = { x5c: [Buffer.from(leaf).toString('base64')] };
  return `${Buffer.from(JSON.stringify(header)).toString('base64url')}.e30.AA`;
};

export const issuerParty: RelyingParty = {
  clientId: 'urn:test:issuer',
  displayName: { sv: 'TEST utfärdare', en: 'TEST issuer' },
  origins: [],
  jwks: { keys: [] },
  acrValues: [],
  issuers: [],
  launchers: ['process'],
  purposes: ['auth'],
  endpoints: {
    enrollment: { session: 'https://issuer.test/s', orders: 'https://issuer.test/o', est: 'https://issuer.test/e' },
    pins: [],
  },
  unbound: false,
  pinForEachDocument: false,
  source: 'system',
};
