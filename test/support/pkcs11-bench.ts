import { systemClock } from '../../src/core/ports.js';
import type { FoundModule } from '../../src/pkcs11/found-module.js';
import { parseCertificate } from '../../src/pki/certificate.js';
import { createPkcs11Source, type Pkcs11Source, type Pkcs11SourceOptions } from '../../src/tokens/pkcs11-source.js';
import type { Pkcs11Token } from '../../src/tokens/pkcs11-token.js';
import type { TokenEntry } from '../../src/tokens/token-entry.js';
import { memoryRetryCounters, recordingHistory, type RecordingHistory } from './recording-history.js';
import { recordingLogger, type RecordingLogger } from './recording-logger.js';

/** A source over modules, with everything that it writes. */
export interface Pkcs11Bench {
  readonly source: Pkcs11Source;
  readonly history: RecordingHistory;
  readonly logger: RecordingLogger;
  readonly memory: ReturnType<typeof memoryRetryCounters>;
  /** Resolves when the source is as wanted. */
  readonly until: (wanted: (source: Pkcs11Source) => boolean) => Promise<void>;
  /** The first token, or the one with this label, as soon as it is there. */
  readonly token: (label?: string) => Promise<Pkcs11Token>;
}

export function createPkcs11Bench(
  modules: readonly FoundModule[],
  options: Pick<Pkcs11SourceOptions, 'program'> & Partial<Pkcs11SourceOptions>,
): Pkcs11Bench {
  const history = recordingHistory();
  const logger = recordingLogger();
  const memory = memoryRetryCounters();
  const source = createPkcs11Source({
    modules,
    parseCertificate,
    history,
    memory,
    clock: systemClock,
    logger,
    pollMs: 30,
    backoff: { firstMs: 20, longestMs: 200, stableMs: 60_000 },
    ...options,
  });
  const until: Pkcs11Bench['until'] = async (wanted) => {
    for (const end = performance.now() + 45_000; !wanted(source);) {
      if (performance.now() > end) throw new Error(`Waited in vain: ${said(logger)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return {
    source,
    history,
    logger,
    memory,
    until,
    async token(label) {
      const isWanted = ({ token }: TokenEntry): boolean => label === undefined || token?.info.label === label;
      await until(({ entries }) => entries.some(isWanted));
      return source.entries.find(isWanted)?.token as Pkcs11Token;
    },
  };
}

const said = ({ lines }: RecordingLogger): string =>
  lines
    .slice(-6)
    .map(({ message, fields }) => `${message} ${fields['error'] instanceof Error ? fields['error'].message : ''}`)
    .join('\n');
