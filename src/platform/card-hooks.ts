import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import type { Logger } from '../core/ports.js';
import { requireTrustedFile } from './trusted-file.js';

/** Names of the programs, and of what they are told has happened. */
export type CardHookName = 'on-insert' | 'on-remove';

/** Something that programs of the user or the administrator want to know. */
export interface CardHookEvent {
  readonly name: CardHookName;
  readonly reader: string;
  /** Undefined for a card that could not be read. */
  readonly token: string | undefined;
}

/** What {@link createCardHooks} needs. */
export interface CardHooksOptions {
  /** Folders that may hold programs named `on-insert` and `on-remove`, asked in this order. */
  readonly folders: readonly string[];
  readonly logger: Logger;
  /** After which a program is ended with all that it has started; 30 s by default. */
  readonly timeoutMs?: number;
  readonly environment?: NodeJS.ProcessEnv;
}

/** Runs local programs when cards come and go. */
export interface CardHooks {
  /** Starts the programs and returns at once; whatever becomes of them disturbs nobody. */
  run(event: CardHookEvent): void;
  /** Ends those that run. */
  close(): Promise<void>;
}

const maxAtOnce = 4;
const maxWaiting = 16;
const maxOutputBytes = 4_096;

/** Without these a program could not reach the user's session, and locking the screen is what hooks are for. */
const passedOn = [
  ...['HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR'],
  ...['XDG_RUNTIME_DIR', 'XDG_SESSION_ID', 'DBUS_SESSION_BUS_ADDRESS', 'DISPLAY', 'XAUTHORITY', 'WAYLAND_DISPLAY'],
  ...['SystemRoot', 'USERPROFILE', 'LOCALAPPDATA', 'APPDATA', 'TEMP', 'TMP'],
];

/**
 * Programs of these folders, each of which only the administrator and the user can have put there. They are started
 * without a shell, without arguments, and with little more in their environment than what happened.
 */
export function createCardHooks(options: CardHooksOptions): CardHooks {
  const { folders, logger } = options;
  const waiting: (() => Promise<void>)[] = [];
  const running = new Set<Promise<void>>();
  const ending = new AbortController();

  const startNext = (): void => {
    while (running.size < maxAtOnce && !ending.signal.aborted) {
      const next = waiting.shift();
      if (next === undefined) return;
      const run = next()
        .catch((error: unknown) => logger.warn({ error }, 'Hook could not be started'))
        .finally(() => {
          running.delete(run);
          startNext();
        });
      running.add(run);
    }
  };

  return {
    run(event) {
      for (const folder of folders) {
        const program = findProgram(join(folder, fileNameOf(event.name)), logger);
        if (program === undefined) continue;
        if (waiting.length >= maxWaiting) {
          logger.warn({ hook: program }, 'Hook is left out, since too many wait already');
          continue;
        }
        waiting.push(async () => await runProgram(program, event, options, ending.signal));
      }
      startNext();
    },
    async close() {
      waiting.length = 0;
      ending.abort();
      await Promise.all(running);
    },
  };
}

const fileNameOf = (name: CardHookName): string => (process.platform === 'win32' ? `${name}.exe` : name);

/** What is there and will not be run: ERR_CONFIG_INVALID with `path` and a `reason`. */
export function unusableCardHooks(folders: readonly string[]): readonly MiddlewareError[] {
  const files = folders.flatMap((folder) =>
    (['on-insert', 'on-remove'] as const).map((name) => join(folder, fileNameOf(name))),
  );
  return files
    .filter((path) => existsSync(path))
    .flatMap((path) => {
      try {
        accessSync(requireTrustedFile(path), constants.X_OK);
        return [];
      } catch (error) {
        const fields = { path, reason: 'programNotExecutable' };
        return [isMiddlewareError(error) ? error : new MiddlewareError('ERR_CONFIG_INVALID', 'No program', { fields })];
      }
    });
}

function findProgram(path: string, logger: Logger): string | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return requireTrustedFile(path);
  } catch (error) {
    const fields = isMiddlewareError(error) ? error.fields : {};
    logger.warn({ hook: path, ...fields }, 'Hook is not used');
    return undefined;
  }
}

/** Runs one program to its end; rejects when it cannot even be tried. */
async function runProgram(
  program: string,
  event: CardHookEvent,
  { logger, timeoutMs = 30_000, environment = process.env }: CardHooksOptions,
  ending: AbortSignal,
): Promise<void> {
  const child = spawn(program, [], {
    env: environmentOf(event, environment),
    cwd: dirname(program),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, which can be ended as a whole.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const output = collectOutput(child);
  const end = (): void => endGroup(child);
  const timeout = AbortSignal.timeout(timeoutMs);
  const endings = [timeout, ending];
  for (const signal of endings) signal.addEventListener('abort', end, { once: true });
  const outcome = await new Promise<Readonly<Record<string, unknown>>>((resolve) => {
    child.once('error', (error) => resolve({ error: (error as NodeJS.ErrnoException).code ?? error.name }));
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  for (const signal of endings) signal.removeEventListener('abort', end);
  const facts = { hook: program, ...outcome, ...(timeout.aborted ? { timedOut: true } : {}), output: output() };
  if (outcome['code'] === 0) logger.info(facts, 'Hook ended');
  else logger.warn(facts, 'Hook failed');
}

function environmentOf({ name, reader, token }: CardHookEvent, all: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(passedOn.map((variable) => [variable, all[variable]] as const)),
    PATH: process.platform === 'win32' ? (all['PATH'] ?? '') : '/usr/local/bin:/usr/bin:/bin',
    KORT_EVENT: name,
    // A reader's name comes from the device, and a zero would end the variable.
    KORT_READER: reader.replaceAll('\0', ''),
    ...(token === undefined ? {} : { KORT_TOKEN: token.replaceAll('\0', '') }),
  };
}

/** What the program says first, and nothing of the rest, which is read all the same so that it need not wait. */
function collectOutput({ stdout, stderr }: ChildProcess): () => string {
  let output = Buffer.alloc(0);
  for (const stream of [stdout, stderr]) {
    stream?.on('error', () => undefined);
    stream?.on('data', (chunk: Buffer) => {
      const room = maxOutputBytes - output.length;
      if (room > 0) output = Buffer.concat([output, chunk.subarray(0, room)]);
    });
  }
  return () => output.toString();
}

function endGroup(child: ChildProcess): void {
  // Whoever left the group may hold the other end of these, and would keep us waiting.
  child.stdout?.destroy();
  child.stderr?.destroy();
  try {
    if (child.pid !== undefined && process.platform !== 'win32') process.kill(-child.pid, 'SIGKILL');
    else child.kill('SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
