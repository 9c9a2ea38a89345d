import { readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { MiddlewareError } from '../core/errors.js';
import type { LinkRegistration } from '../model/link-handler.js';
import { desktopEntry, execLine, execOf, withoutDefault } from './desktop-entry.js';
import { openArguments, registeredName, type LinkProgram } from './link-program.js';
import { runProgram } from './run-program.js';
import { writeWholeFile } from './whole-file.js';

const mimeType = 'x-scheme-handler/kort';

/**
 * A desktop file of the user and `xdg-mime default` (Desktop Entry Specification 1.5, Association between MIME types and
 * applications 1.0.1); no root needed, nothing of the system changed.
 */
export function linuxLinkRegistration(program: LinkProgram, env: NodeJS.ProcessEnv = process.env): LinkRegistration {
  const folders = foldersOf(env);
  const id = `${registeredName(program)}.desktop`;
  const path = join(folders.data, 'applications', id);
  const line = execLine(openArguments(program));

  const status: LinkRegistration['status'] = async () => {
    const { code, output } = await runProgram('xdg-mime', ['query', 'default', mimeType], env);
    if (code === undefined) throw failed('xdg-mime');
    const name = output.trim();
    if (name === '') return undefined;
    const found = [folders.data, ...folders.system]
      .map((folder) => join(folder, 'applications', name))
      .flatMap((file) => ({ file, text: readOr(file) }))
      .find(({ text }) => text !== undefined);
    const command = found?.text === undefined ? undefined : execOf(found.text);
    const packaged = found !== undefined && found.file !== path && name === id;
    return { name, command, ours: packaged || (name === id && command === line) };
  };

  return {
    command: line,
    status,
    register: async () => {
      write(path, desktopEntry(line, mimeType));
      const { code, output } = await runProgram('xdg-mime', ['default', id, mimeType], env);
      if (code !== 0) throw failed(code === undefined ? 'xdg-mime' : output.trim());
      // Desktops that keep a cache of who can open what look at it first; most have none of the user's.
      await runProgram('update-desktop-database', [join(folders.data, 'applications')], env);
      const owner = await status();
      if (owner?.ours !== true) throw failed(owner?.name ?? mimeType);
    },
    unregister: async () => {
      rmSync(path, { force: true });
      const list = join(folders.config, 'mimeapps.list');
      const text = readOr(list);
      const without = text === undefined ? undefined : withoutDefault(text, mimeType, id);
      if (without !== undefined && without !== text) write(list, without);
      await runProgram('update-desktop-database', [join(folders.data, 'applications')], env);
    },
  };
}

interface Folders {
  readonly data: string;
  readonly config: string;
  readonly system: readonly string[];
}

/** XDG Base Directory Specification 0.8; a relative path in a variable counts as unset. */
function foldersOf(env: NodeJS.ProcessEnv): Folders {
  const own = (name: string, fallback: string): string => {
    const value = env[name] ?? '';
    return isAbsolute(value) ? value : join(env['HOME'] ?? homedir(), fallback);
  };
  const systemData = env['XDG_DATA_DIRS'] ?? '';
  return {
    data: own('XDG_DATA_HOME', '.local/share'),
    config: own('XDG_CONFIG_HOME', '.config'),
    system: (systemData === '' ? '/usr/local/share:/usr/share' : systemData)
      .split(':')
      .filter((path) => isAbsolute(path)),
  };
}

/** A desktop reads these files whenever it likes. */
function write(path: string, text: string): void {
  try {
    writeWholeFile(path, text);
  } catch (cause) {
    throw new MiddlewareError('ERR_LINK_REGISTRATION', 'File cannot be written', { fields: { detail: path }, cause });
  }
}

function readOr(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function failed(detail: string): MiddlewareError {
  return new MiddlewareError('ERR_LINK_REGISTRATION', 'kort: links could not be registered', { fields: { detail } });
}
