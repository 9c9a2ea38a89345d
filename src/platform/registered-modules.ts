import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { RegisteredModule } from '../model/machine.js';

/** Folders of NSS databases below the user's home on Linux; on Windows and macOS others (not tried). */
const databases: readonly (readonly [browser: string, folder: string])[] = [
  ['Chrome', '.pki/nssdb'],
  ['Chrome', '.local/share/pki/nssdb'],
  ['Chromium', 'snap/chromium/current/.pki/nssdb'],
];
const profiles: readonly (readonly [browser: string, folder: string])[] = [
  ['Firefox', '.mozilla/firefox'],
  ['Firefox', 'snap/firefox/common/.mozilla/firefox'],
  ['Thunderbird', '.thunderbird'],
];

/** PKCS#11 modules that the user's browsers are set to load. */
export async function readBrowserModules(home: string): Promise<readonly RegisteredModule[]> {
  const folders = await Promise.all(
    profiles.map(async ([browser, folder]) => {
      const names = await readdir(join(home, folder)).catch(() => []);
      return names.map((name) => [browser, join(folder, name)] as const);
    }),
  );
  const found = await Promise.all(
    [...databases, ...folders.flat()].map(async ([browser, folder]) => {
      const text = await readFile(join(home, folder, 'pkcs11.txt'), 'utf8').catch(() => '');
      return parseNssModules(text).map(({ module, path }) => ({ by: browser, module, path, exists: existsSync(path) }));
    }),
  );
  return found.flat();
}

/** `pkcs11.txt` of NSS: blocks of `name=value`; its own modules have no path, or none that begins at the root. */
export function parseNssModules(text: string): readonly { readonly module: string; readonly path: string }[] {
  return text.split(/\n\s*\n/).flatMap((block) => {
    const value = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(block)?.[1]?.trim() ?? '';
    const path = value('library');
    return isAbsolute(path) ? [{ module: value('name') || path, path }] : [];
  });
}
