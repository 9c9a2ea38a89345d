import { MiddlewareError } from '../core/errors.js';

/** Of Desktop Entry Specification 1.5, section "The Exec key": an argument with one of these has to be quoted. */
const reserved = /[\s"'\\<>~|&;$*?#()`]/;

/**
 * The value of an Exec key that ends in the address to open. What stands in quotes escapes four characters with a
 * backslash, and every value of type string escapes the backslash once more; a percent sign is written twice.
 *
 * @throws {MiddlewareError} ERR_LINK_REGISTRATION for a path with control characters, which no value can hold.
 */
export function execLine(args: readonly string[]): string {
  return [...args.map(execArgument), '%u'].join(' ');
}

function execArgument(argument: string): string {
  if (/\p{Cc}/u.test(argument)) {
    throw new MiddlewareError('ERR_LINK_REGISTRATION', 'Control character in a path', { fields: { detail: 'Exec' } });
  }
  const plain = argument.replaceAll('%', '%%');
  if (!reserved.test(plain)) return plain;
  return `"${plain.replaceAll(/["`$\\]/g, '\\$&').replaceAll('\\', '\\\\')}"`;
}

/** A desktop file that shows in no menu and opens one kind of address. */
export function desktopEntry(exec: string, mimeType: string): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Version=1.0',
    'Name=kort',
    'Comment=Opens a login with a card',
    'Comment[sv]=Öppnar en inloggning med kort',
    `Exec=${exec}`,
    'Terminal=false',
    'NoDisplay=true',
    'StartupNotify=false',
    `MimeType=${mimeType};`,
    '',
  ].join('\n');
}

/** The Exec key of a desktop file's first group. */
export function execOf(text: string): string | undefined {
  const group = /^\[Desktop Entry\]\s*\n([^]*?)(?=^\[|$(?![^]))/m.exec(text)?.[1];
  return group === undefined ? undefined : /^Exec[ \t]*=[ \t]*(.*)$/m.exec(group)?.[1]?.trim();
}

/** A `mimeapps.list` in which one desktop file no longer opens one type; everything else stays as it is. */
export function withoutDefault(text: string, mimeType: string, id: string): string {
  const lines = text.split('\n').flatMap((line) => {
    const at = line.indexOf('=');
    if (at < 0 || line.slice(0, at).trim() !== mimeType) return [line];
    const names = line.slice(at + 1).split(';');
    const others = names.map((name) => name.trim()).filter((name) => name !== '' && name !== id);
    if (!names.some((name) => name.trim() === id)) return [line];
    return others.length === 0 ? [] : [`${line.slice(0, at)}=${others.join(';')};`];
  });
  return lines.join('\n');
}
