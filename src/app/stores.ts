import { join } from 'node:path';
import type { MiddlewareError } from '../core/errors.js';
import type { Clock, Logger } from '../core/ports.js';
import { createCertificateBackups } from '../history/certificate-backups.js';
import { openRetryCounterFile } from '../history/retry-counter-file.js';
import type { CertificateBackups } from '../model/certificate-backup.js';
import type { RetryCounterMemory } from '../model/retry-counter-memory.js';
import type { TrustPolicy } from '../model/trust.js';
import type { InstancePaths } from '../platform/paths.js';
import { ChoiceRuleStore } from './choice-rule-store.js';
import type { Hardware } from './hardware.js';
import { heardHistory, type HeardHistory } from './heard-history.js';
import { openFileHistory } from '../history/file-history.js';
import { RelyingPartyStore } from './relying-party-store.js';
import { readTrustFolders } from './trust-folder.js';

/** What an instance remembers and is set up with, as its folders hold it. */
export interface Stores {
  readonly history: HeardHistory;
  readonly retryCounters: RetryCounterMemory;
  readonly relyingParties: RelyingPartyStore;
  readonly trust: TrustPolicy;
  /** Of the CA certificates that were found. */
  readonly unusedTrustFiles: number;
  readonly rules: ChoiceRuleStore;
  readonly backups: CertificateBackups;
}

/** What {@link openStores} needs. */
export interface StoresContext {
  readonly paths: InstancePaths;
  /** A sandbox brings relying parties and trust along. */
  readonly hardware: Pick<Hardware, 'relyingParties' | 'trust'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Opens what several parts of a daemon share; what one part alone keeps, that part opens. */
export async function openStores({ paths, hardware, clock, logger }: StoresContext): Promise<Stores> {
  let unusedTrustFiles = 0;
  const trust =
    hardware.trust ??
    readTrust(paths, ({ code, fields }) => {
      unusedTrustFiles += 1;
      logger.error({ code, ...fields }, 'CA certificate file is not used');
    });
  const inBoth = (name: string) => ({ system: join(paths.system, name), user: join(paths.config, name) });
  return {
    history: heardHistory(await openFileHistory(join(paths.state, 'history.jsonl'), { clock, logger })),
    retryCounters: await openRetryCounterFile(join(paths.state, 'retry-counters.json'), logger),
    relyingParties: new RelyingPartyStore(inBoth('relying-parties.d'), logger, hardware.relyingParties),
    trust,
    unusedTrustFiles,
    rules: new ChoiceRuleStore(inBoth('choice.json'), logger),
    backups: createCertificateBackups(join(paths.state, 'certificates'), logger),
  };
}

/** How many files of relying parties, issuers and rules are there and not used. */
export function skippedFilesOf({ relyingParties, unusedTrustFiles, rules }: Stores): number {
  return relyingParties.skipped.length + unusedTrustFiles + rules.brokenFiles.length;
}

/** A CA certificate that cannot be used makes nobody, and must not keep those of the others out. */
function readTrust({ system, config }: InstancePaths, onProblem: (problem: MiddlewareError) => void): TrustPolicy {
  return readTrustFolders(
    [
      { path: join(system, 'trust.d'), source: 'system' },
      { path: join(config, 'trust.d'), source: 'user' },
    ],
    onProblem,
  );
}
