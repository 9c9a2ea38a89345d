import type { ControlClient } from '../client/client.js';
import type { Language } from '../messages/language.js';
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
export interface CommandContext {
  readonly ports: CliPorts;
  readonly language: Language;
  readonly json: boolean;
  readonly color: boolean;
  /** Undefined unless it was given. */
  readonly instance: string | undefined;
}

/** Carries out one command and gives its exit status. */
export type Command = (context: CommandContext) => Promise<number>;

/** Settles what follows from options and environment. */
export function createContext(ports: CliPorts, language: Language, options: GlobalOptions): CommandContext {
  const noColor = options.color === false || (ports.env['NO_COLOR'] ?? '') !== '' || ports.env['TERM'] === 'dumb';
  return {
    ports,
    language,
    json: options.json === true,
    color: ports.out.isTerminal && !noColor,
    instance: options.instance,
  };
}

/** Writes the one JSON document of a command. */
export function writeJson({ ports }: CommandContext, document: unknown): void {
  ports.out.write(`${JSON.stringify(document)}\n`);
}

/** Writes lines for people. */
export function writeLines({ ports }: CommandContext, lines: readonly string[]): void {
  ports.out.write(lines.map((line) => `${line}\n`).join(''));
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
