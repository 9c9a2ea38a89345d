import type { CardFamily } from '../cards/card-application.js';
import { createIdPrimeFamily } from '../cards/idprime/idprime-family.js';
import { createPivFamily } from '../cards/piv/piv-family.js';
import { createPkcs15Family } from '../cards/pkcs15/pkcs15-family.js';
import type { CardPrograms, Clock, Logger } from '../core/ports.js';
import type { History } from '../model/history.js';
import type { RetryCounterMemory } from '../model/retry-counter-memory.js';
import { parseCertificate } from '../pki/certificate.js';
import { createCardPrograms } from '../platform/card-programs.js';
import type { InstancePaths } from '../platform/paths.js';
import { createForeignPrograms, createForeignWatch, type ForeignWatch } from '../tokens/foreign-watch.js';
import { mergeTokens } from '../tokens/merged-tokens.js';
import { createNativeDriver } from '../tokens/native-driver.js';
import { createTokenRegistry, type TokenRegistry } from '../tokens/token-registry.js';
import type { ReaderTransport } from '../transport/card-channel.js';
import { namePrograms } from '../transport/name-programs.js';
import { timeCommands, type CommandTimes } from '../transport/time-commands.js';
import { createCardTrace, type CardTrace } from './card-trace.js';
import type { DaemonOptions } from './daemon-options.js';
import type { Hardware } from './hardware.js';
import { openModules } from './modules.js';

/** What {@link openCards} needs. */
export interface CardsContext {
  readonly options: DaemonOptions;
  readonly paths: InstancePaths;
  readonly hardware: Hardware;
  readonly history: History;
  readonly retryCounters: RetryCounterMemory;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The cards of a daemon, each to be closed by whoever opened them all. */
export interface Cards {
  /** The readers; nothing is seen before it is started, nor after it is closed. */
  readonly transport: ReaderTransport;
  /** Those that we drive ourselves and those that vendors' modules do; closed before the transport is. */
  readonly tokens: TokenRegistry;
  /** Looks at cards anew that other programs have used; closed before the tokens are. */
  readonly foreignWatch: ForeignWatch;
  readonly trace: CardTrace;
  readonly times: CommandTimes;
}

/** Readers, the cards in them, and what other programs do to these. */
export function openCards({ options, paths, hardware, history, retryCounters, clock, logger }: CardsContext): Cards {
  const cardPrograms = createCardPrograms(hardware.pcscSocket, {
    ownConnection: !options.sandbox,
    ours: () => modules.modules.flatMap(({ pid }) => pid ?? []),
  });
  const programs = createForeignPrograms(cardPrograms);
  const { transport: timed, times } = timeCommands(hardware.transport, () => clock.monotonic());
  const transport = namePrograms(timed, async () => await namesOf(cardPrograms));
  const trace = createCardTrace(() => transport.monitor.snapshot, logger);
  const driver = createNativeDriver({
    families: cardFamilies(options),
    parseCertificate,
    history,
    memory: retryCounters,
    traceOf: (reader) => trace.traceOf(reader),
    clock,
    logger,
    programs: () => programs.names,
  });
  const native = createTokenRegistry({ transport, drivers: [driver], history, logger });
  const foreignWatch = createForeignWatch({ tokens: native, programs, logger });
  hardware.onProgramGone(() => foreignWatch.programGone());
  const modules = openModules({ paths, options, history, memory: retryCounters, clock, logger });
  return { transport, tokens: mergeTokens(native, modules, retryCounters), foreignWatch, trace, times };
}

/** The cards that we drive ourselves, the commonest in health care first. */
function cardFamilies({ idPrimeWriting }: DaemonOptions): readonly CardFamily[] {
  const idPrime = createIdPrimeFamily({ writing: idPrimeWriting ? 'experimental' : 'off' });
  return [idPrime, createPivFamily(), createPkcs15Family()];
}

async function namesOf(programs: CardPrograms): Promise<readonly string[]> {
  const now = (await programs.current()) ?? [];
  return [...new Set(now.flatMap(({ name }) => name ?? []))];
}
