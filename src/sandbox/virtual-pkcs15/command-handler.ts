import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import type { Reply } from '../virtual-card/status-words.js';
import type { Pkcs15Context } from './pkcs15-context.js';

export type Pkcs15Handler = (card: Pkcs15Context, command: ParsedCommand) => Reply;

/** Commands by instruction byte. */
export type Pkcs15Handlers = Readonly<Record<number, Pkcs15Handler>>;
