import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import { answer, status, sw, type Reply } from '../virtual-card/status-words.js';
import { isPermitted } from './access-rules.js';
import type { ElementaryFile } from './card-files.js';
import type { Pkcs15Context } from './pkcs15-context.js';

/** The current file, if it has content; short file identifiers (P1 with bit 8) are not supported. */
function target({ volatile }: Pkcs15Context, { p1 }: ParsedCommand): ElementaryFile | number {
  if ((p1 & 0x80) !== 0) return sw.fileNotFound;
  return volatile.current.kind === 'ef' ? volatile.current : sw.noCurrentFile;
}

const offsetOf = ({ p1, p2 }: ParsedCommand): number => (p1 << 8) | p2;

/** READ BINARY (ISO/IEC 7816-4:2020 §11.3.3). */
export function readBinary(card: Pkcs15Context, command: ParsedCommand): Reply {
  const file = target(card, command);
  if (typeof file === 'number') return status(file);
  if (command.data.length > 0 || command.ne === undefined) return status(sw.wrongLength);
  if (!isPermitted(card, file, 'read')) return status(sw.securityStatus);
  const offset = offsetOf(command);
  if (offset >= file.content.length) return status(sw.wrongOffset);
  return answer(file.content.slice(offset, offset + command.ne));
}

/** UPDATE BINARY (ISO/IEC 7816-4:2020 §11.3.5); a file does not grow. */
export function updateBinary(card: Pkcs15Context, command: ParsedCommand): Reply {
  const file = target(card, command);
  if (typeof file === 'number') return status(file);
  if (command.data.length === 0) return status(sw.wrongLength);
  if (!isPermitted(card, file, 'update')) return status(sw.securityStatus);
  const offset = offsetOf(command);
  if (offset > file.content.length) return status(sw.wrongOffset);
  if (offset + command.data.length > file.content.length) return status(sw.noSpace);
  file.content.set(command.data, offset);
  card.saveChange();
  return status(sw.ok);
}
