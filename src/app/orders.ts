import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Clock, HttpClient, Logger } from '../core/ports.js';
import { openCardChoiceFile } from '../history/card-choice-file.js';
import { openRemovalFile } from '../history/removal-file.js';
import type { CardChoiceMemory } from '../model/card-choice-memory.js';
import type { History } from '../model/history.js';
import { createOobService, type RunningOobService } from '../oob/create-oob-service.js';
import type { RelyingPartyRegistry } from '../oob/registry.js';
import { createRelyingPartyCalls } from '../oob/relying-party-calls.js';
import type { CandidateKnowledge } from '../operations/candidates.js';
import { createCertificatesInUse, type CertificatesInUse } from '../operations/certificates-in-use.js';
import { createOrderRunner } from '../operations/order-runner.js';
import type { PromptSurfaces } from '../operations/prompt.js';
import { createRemovalReports } from '../operations/report-removals.js';
import type { TokenRegistry } from '../tokens/token-registry.js';
import { openReplayFile } from './replay-file.js';

/** What orders are carried out with. */
export interface OrdersContext extends CandidateKnowledge {
  /** Where what must survive a restart is kept. */
  readonly stateFolder: string;
  readonly registry: () => RelyingPartyRegistry;
  readonly tokens: TokenRegistry;
  readonly surfaces: PromptSurfaces;
  readonly history: History;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The orders of a daemon, by whichever launcher they come, and what is reported of their cards afterwards. */
export interface Orders {
  readonly service: RunningOobService;
  /** Which certificates were used last. */
  readonly choices: CardChoiceMemory;
  /** What its orders are about now. */
  readonly inUse: CertificatesInUse;
  /** How many are being carried out. */
  readonly open: number;
  /** Called when the readers are being watched. */
  start(): void;
  close(): Promise<void>;
}

/** The protocol core over what carries orders out. */
export async function openOrders(context: OrdersContext): Promise<Orders> {
  const { stateFolder, registry, http, clock, logger } = context;
  const random = (length: number): Uint8Array => randomBytes(length);
  const replay = await openReplayFile(join(stateFolder, 'used-requests'), clock, logger);
  const choices = await openCardChoiceFile(join(stateFolder, 'card-choices.json'), logger);
  const inUse = createCertificatesInUse();
  const removalMemory = await openRemovalFile(join(stateFolder, 'card-removals.json'), logger);
  const removals = createRemovalReports({ ...context, memory: removalMemory, random });
  const runner = createOrderRunner({ ...context, choices, inUse, removals });
  let open = 0;
  const service = createOobService({
    registry,
    calls: createRelyingPartyCalls({ http, clock }),
    runner: async (order, progress) => {
      open += 1;
      return await runner(order, progress).finally(() => (open -= 1));
    },
    replay,
    clock,
    random,
    logger,
  });
  return {
    service,
    choices,
    inUse,
    get open() {
      return open;
    },
    start: () => removals.start(),
    close: async () => {
      await service.close();
      await removals.close();
      await replay.close();
    },
  };
}
