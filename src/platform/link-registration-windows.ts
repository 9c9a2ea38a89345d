// Not tried: written from "Registering an Application to a URI Scheme" (Microsoft Learn) and never run on Windows.
import { join } from 'node:path';
import { MiddlewareError } from '../core/errors.js';
import type { LinkRegistration } from '../model/link-handler.js';
import { openArguments, type LinkProgram } from './link-program.js';
import { runProgram, type ProgramEnd } from './run-program.js';

const key = 'HKCU\\Software\\Classes\\kort';
const commandKey = `${key}\\shell\\open\\command`;

/**
 * Keys of the user's part of the registry, by reg.exe. Windows puts the link in place of %1 into one command line, where
 * a quotation mark ends the argument: whatever it adds then stands after `--` and is refused as one argument too many.
 */
export function windowsLinkRegistration(
  program: LinkProgram,
  env: Readonly<Record<string, string | undefined>> = process.env,
): LinkRegistration {
  const command = [...openArguments(program), '%1'].map((argument) => `"${argument}"`).join(' ');
  const reg = (...args: readonly string[]): Promise<ProgramEnd> =>
    runProgram(join(env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'reg.exe'), args);
  const set = async (name: string, ...value: readonly string[]): Promise<void> => {
    const { code, output } = await reg('add', name, ...value, '/t', 'REG_SZ', '/f');
    if (code === 0) return;
    throw new MiddlewareError('ERR_LINK_REGISTRATION', 'Registry was not written', {
      fields: { detail: output.trim() },
    });
  };
  const status: LinkRegistration['status'] = async () => {
    // The user's part and the system's, as programs see them together.
    const { code, output } = await reg('query', 'HKCR\\kort\\shell\\open\\command', '/ve');
    if (code !== 0) return undefined;
    const found = /REG_(?:EXPAND_)?SZ\s+(.*)/.exec(output)?.[1]?.trim();
    return { name: 'HKCR\\kort', command: found, ours: found === command };
  };
  return {
    command,
    status,
    register: async () => {
      await set(key, '/ve', '/d', 'URL:kort');
      await set(key, '/v', 'URL Protocol', '/d', '');
      await set(commandKey, '/ve', '/d', command);
    },
    unregister: async () => {
      if ((await status())?.ours === true) await reg('delete', key, '/f');
    },
  };
}
