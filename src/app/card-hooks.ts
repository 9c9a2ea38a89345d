import { join } from 'node:path';
import type { Logger } from '../core/ports.js';
import { followHookEvents } from '../operations/hook-events.js';
import { createCardHooks } from '../platform/card-hooks.js';
import type { InstancePaths } from '../platform/paths.js';
import type { TokenRegistry } from '../tokens/token-registry.js';

/** What is needed to run programs when cards come and go. */
export interface CardHooksContext {
  readonly paths: InstancePaths;
  /** The administrator's programs are for real cards only. */
  readonly sandbox: boolean;
  readonly tokens: TokenRegistry;
  readonly logger: Logger;
}

/** Runs the programs of `hooks.d` from now on; returns how to stop, which comes before the tokens are closed. */
export function startCardHooks({ paths, sandbox, tokens, logger }: CardHooksContext): () => Promise<void> {
  const bases = sandbox ? [paths.config] : [paths.system, paths.config];
  const hooks = createCardHooks({ folders: bases.map((base) => join(base, 'hooks.d')), logger });
  const stop = followHookEvents(tokens, (event) => hooks.run(event));
  return async () => {
    stop();
    await hooks.close();
  };
}
