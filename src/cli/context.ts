import type { ControlClient } from '../client/client.js';
import type { ErrorFields } from '../core/errors.js';
import type { Language } from '../messages/language.js';
import type { CliPorts } from './ports.js';

/** The instance that `kort sandbox …` means unless another is named. */
export const sandboxInstance = 'sandbox';

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
  /** Undefined for the ordinary one. */
  readonly instance: string | undefined;
  /** Whether a sandbox is meant: by the command, or by the name of the instance. */
  readonly sandbox: boolean;
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
    color: ports.out.isTerminal && !noColor,
    instance,
    sandbox: [instance, defaultInstance].includes(sandboxInstance),
  };
}

/** What the catalogue needs so that the commands in its next steps reach the same instance. */
export function nextStepFields({ instance, sandbox }: CommandContext): ErrorFields {
  const named = instance === 'default' ? undefined : instance;
  return {
    instance: named,
    group: sandbox ? 'sandbox' : 'daemon',
    groupInstance: sandbox && named === sandboxInstance ? undefined : named,
  };
}

/** What commands that we name must end with so that they reach the same instance: nothing for the ordinary one. */
export function instanceOption({ instance = 'default' }: Pick<CommandContext, 'instance'>): string {
  return instance === 'default' ? '' : ` --instance ${instance}`;
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
