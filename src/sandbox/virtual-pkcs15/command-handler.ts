import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import type { Reply } from '../virtual-card/status-words.js';
import type { Pkcs15Context } from './pkcs15-context.js';

export interface Pkcs15Reply extends Reply {
  /** The data goes out although the command asked for none. */
  readonly unasked?: true;
}

export type Pkcs15Handler = (card: Pkcs15Context, command: ParsedCommand) => Pkcs15Reply;

/** Commands by instruction byte. */
export type Pkcs15Handlers = Readonly<Record<number, Pkcs15Handler>>;
