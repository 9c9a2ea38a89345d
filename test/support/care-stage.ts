import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/core/ports.js';
import { createCertificateBackups } from '../../src/history/certificate-backups.js';
import type { CertificateBackups } from '../../src/model/certificate-backup.js';
import type { CardWorkStep } from '../../src/model/card-work.js';
import type { DownloadRecord } from '../../src/model/download.js';
import type { CertificateVerdict } from '../../src/operations/candidates.js';
import { createCardLocks, type CardLocks } from '../../src/operations/card-locks.js';
import type { PreparedCardWork } from '../../src/operations/card-work.js';
import { createCertificateCare, type CertificateCare } from '../../src/operations/certificate-care.js';
import { createCertificatesInUse, type CertificatesInUse } from '../../src/operations/certificates-in-use.js';
import { certificatesOffCard, heldCertificates, type HeldCertificate } from '../../src/operations/held-certificate.js';
import type { Fault } from '../../src/sandbox/hardware/fault.js';
import { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import type { VirtualReader } from '../../src/sandbox/hardware/virtual-reader.js';
import { createNativeDriver } from '../../src/tokens/native-driver.js';
import { createTokenRegistry, type TokenRegistry } from '../../src/tokens/token-registry.js';
import { createSimulatorTransport } from '../../src/transport/simulator/simulator-transport.js';
import { allFamilies, type ContractCard, type ContractCardKind } from './contract-cards.js';
import { parseOnce } from './parse-once.js';
import { memoryRetryCounters, recordingHistory, type RecordingHistory } from './recording-history.js';
import { recordingLogger, type RecordingLogger } from './recording-logger.js';
import { secretOf } from './token-bench.js';

const readerName = 'Reader';
const signal = new AbortController().signal;

/** A card in a reader, and what takes certificates off it and puts them back. */
export interface CareStage {
  readonly hardware: VirtualHardware;
  readonly reader: VirtualReader;
  readonly subject: ContractCard;
  readonly registry: TokenRegistry;
  readonly care: CertificateCare;
  readonly backups: CertificateBackups;
  readonly folder: string;
  readonly history: RecordingHistory;
  readonly logger: RecordingLogger;
  readonly inUse: CertificatesInUse;
  readonly locks: CardLocks;
  /** Unfinished downloads. */
  readonly downloads: DownloadRecord[];
  /** The certificates on the card with a key that signs under the PIN for writing. */
  held(): readonly HeldCertificate[];
  /** Fingerprints of what is kept and not on the card. */
  offCard(): Promise<readonly string[]>;
  run(prepared: PreparedCardWork, options?: RunOptions): ReturnType<PreparedCardWork['run']>;
  remove(
    fingerprint: string,
    options?: RunOptions & { readonly withKey?: boolean },
  ): ReturnType<PreparedCardWork['run']>;
  restore(fingerprint: string, options?: RunOptions): ReturnType<PreparedCardWork['run']>;
  /** The card has been read anew. */
  ready(): Promise<void>;
  /** Takes it out, if it is in, and puts it in again. */
  reinsert(): Promise<void>;
  close(): Promise<void>;
}

export interface RunOptions {
  readonly askManagementKey?: boolean;
  readonly pin?: string;
  readonly lastTryConsent?: boolean;
  readonly steps?: CardWorkStep[];
  readonly fault?: Fault;
}

/** A card of one kind in the only reader. @param verdict - of every certificate for logins. */
export async function openCareStage(
  kind: ContractCardKind,
  verdict: (fingerprint: string) => CertificateVerdict = () => ({
    usable: true,
    level: 3,
    chain: [],
    testIssuer: true,
  }),
): Promise<CareStage> {
  const folder = mkdtempSync(join(tmpdir(), 'kort-care-'));
  const hardware = new VirtualHardware();
  const reader = hardware.addReader(readerName);
  const subject = kind.create();
  hardware.addCard('card', subject.card);
  hardware.insert(readerName, 'card');
  const transport = createSimulatorTransport(hardware);
  await transport.start();
  const history = recordingHistory();
  const logger = recordingLogger();
  const driver = createNativeDriver({
    families: allFamilies(),
    parseCertificate: parseOnce,
    history,
    memory: memoryRetryCounters(),
    clock: systemClock,
    logger,
  });
  const registry = createTokenRegistry({ transport, drivers: [driver], history, logger, retryDelaysMs: [20] });
  const backups = createCertificateBackups(join(folder, 'certificates'), logger);
  const inUse = createCertificatesInUse();
  const locks = createCardLocks();
  const downloads: DownloadRecord[] = [];
  const care = createCertificateCare({
    tokens: registry,
    backups,
    journal: { all: () => Promise.resolve(downloads) },
    inUse,
    locks,
    judge: ({ fingerprint }) => verdict(fingerprint),
    history,
    clock: systemClock,
    logger,
  });

  const ready = async (): Promise<void> => {
    const isReady = () => registry.entries.some(({ state }) => state === 'ready');
    if (isReady()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`card never ready: ${JSON.stringify(registry.entries)}`)),
        20_000,
      );
      const stop = registry.subscribe(() => {
        if (!isReady()) return;
        clearTimeout(timer);
        stop();
        resolve();
      });
    });
  };
  await ready();

  const stage: CareStage = {
    ...{ hardware, reader, subject, registry, care, backups, folder, history, logger, inUse, locks, downloads, ready },
    held: () => heldCertificates(registry.entries).filter(({ key }) => (key?.algorithms.length ?? 0) > 0),
    offCard: async () =>
      certificatesOffCard(await backups.all(), registry.entries).map(({ fingerprint }) => fingerprint),
    async run(prepared, { pin, lastTryConsent = false, steps = [], fault } = {}) {
      const typed = pin ?? subject.pin(prepared.question.pin.reference);
      if (fault !== undefined) reader.armFault(fault);
      const { managementKey } = subject;
      const codes = {
        pin: secretOf(typed),
        ...(prepared.question.codes.includes('managementKey') && { managementKey: secretOf(managementKey ?? '') }),
      };
      return await prepared.run(codes, {
        lastTryConsent,
        signal,
        onStep: (step) => step !== 'pin-pad' && steps.push(step),
      });
    },
    async remove(fingerprint, { withKey = false, askManagementKey, ...options } = {}) {
      return await stage.run(await care.prepareRemoval({ fingerprint, withKey, askManagementKey }, signal), options);
    },
    async restore(fingerprint, { askManagementKey, ...options } = {}) {
      return await stage.run(await care.prepareRestore({ fingerprint, askManagementKey }, signal), options);
    },
    async reinsert() {
      reader.clearFaults();
      reader.remove();
      hardware.insert(readerName, 'card');
      await ready();
    },
    async close() {
      await registry.close();
      await transport.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return stage;
}
