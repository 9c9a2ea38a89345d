import type { ControlClient } from '../client/client.js';
import type { Language } from '../messages/language.js';
import { wrapLine } from '../terminal/layout/wrap-line.js';
import { sandboxInstance, type NextStepLook } from '../terminal/look.js';
import { jsonLine } from './json-line.js';
import type { CliPorts } from './ports.js';

/** The options that every command takes. */
export interface GlobalOptions {
  readonly lang?: string | undefined;
  readonly instance?: string | undefined;
  readonly json?: boolean | undefined;
  /** False after `--no-color`. */
  readonly color?: boolean | undefined;
}

/** What a command works with. */
export interface CommandContext extends NextStepLook {
  readonly ports: CliPorts;
  readonly json: boolean;
  /** The words of the command: `sandbox insert`; empty while none is known. */
  readonly path: string;
}

/** Carries out one command and gives its exit status. */
export type Command = (context: CommandContext) => Promise<number>;

/** Settles what follows from options and environment. */
export function createContext(
  ports: CliPorts,
  language: Language,
  options: GlobalOptions,
  defaultInstance?: string,
): CommandContext {
  const instance = options.instance ?? defaultInstance;
  const noColor = options.color === false || (ports.env['NO_COLOR'] ?? '') !== '' || ports.env['TERM'] === 'dumb';
  return {
    ports,
    language,
    json: options.json === true,
    path: '',
    color: ports.out.isTerminal && !noColor,
    instance,
    sandbox: [instance, defaultInstance].includes(sandboxInstance) || ports.isSandbox(instance ?? 'default'),
  };
}

/** Writes the one JSON document of a command. */
export function writeJson({ ports }: CommandContext, document: unknown): void {
  ports.out.write(jsonLine(document));
}

/** Writes lines for people, as rows of a terminal; whoever reads from a pipe gets each as one. */
export function writeLines({ ports: { out } }: CommandContext, lines: readonly string[]): void {
  const rows = out.isTerminal ? lines.flatMap((line) => wrapLine(line, out.columns)) : lines;
  out.write(rows.map((row) => `${row}\n`).join(''));
}

/** Connects, works, and closes the connection. */
export async function withClient<T>(
  { ports, instance }: CommandContext,
  work: (client: ControlClient) => Promise<T>,
): Promise<T> {
  const client = await ports.connect(instance ?? 'default');
  try {
    return await work(client);
  } finally {
    client.close();
  }
}
