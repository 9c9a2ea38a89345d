import { MiddlewareError } from '../core/errors.js';
import type { FoundModule } from './found-module.js';
import { ModuleProcess, type HostProgram } from './module-process.js';
import { loadRequest, moduleInfo } from './protocol-codec.js';

/** How {@link tryModule} goes about it. */
export interface TryModuleOptions {
  readonly program: HostProgram;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/**
 * Loads a vendor's module into a process of its own and ends that: no token is looked at.
 *
 * @throws {MiddlewareError} ERR_MODULE_CRASHED, ERR_MODULE_TIMEOUT, and what the module answers.
 */
export async function tryModule(module: FoundModule, { program, deadlineMs, signal }: TryModuleOptions): Promise<void> {
  const { name, environment, path, slotEvents } = module;
  const process = new ModuleProcess({ module: name, program, environment, onEnd: () => undefined });
  const done = (): void => process.end(new MiddlewareError('ERR_ABORTED', 'Module was only tried'));
  signal.addEventListener('abort', done, { once: true });
  try {
    await process.call({
      kind: 'load',
      deadlineMs,
      write: (writer) => loadRequest.write(writer, { path, slotEvents }),
      answer: moduleInfo,
    });
  } finally {
    signal.removeEventListener('abort', done);
    done();
  }
}
