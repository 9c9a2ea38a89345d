import { readdirSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { ModulePlace } from './places.js';

const libraryFolders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];

/** Where vendors install. */
const known: readonly (readonly [name: string, ...files: string[]])[] = [
  ['SafeNet Authentication Client', 'libeTPkcs11.so', 'libeToken.so', 'pkcs11/libIDPrimePKCS11.so'],
  ['Net iD', 'libiidp11.so', 'netid/libiidp11.so', 'libnetid.so'],
  ['OpenSC', 'opensc-pkcs11.so', 'pkcs11/opensc-pkcs11.so'],
];

/** Files of p11-kit's configuration (pkcs11.conf(5)): those of the package, then those of the administrator. */
export const p11KitFolders = ['/usr/share/p11-kit/modules', '/etc/pkcs11/modules'];

/** Modules in the usual places, and those that p11-kit knows; not every file is there. */
export function linuxPlaces(): readonly ModulePlace[] {
  const vendors = known.flatMap(([name, ...files]) =>
    files.flatMap((file) => libraryFolders.map((folder) => ({ name, path: join(folder, file) }))),
  );
  return [...vendors, ...p11KitFolders.flatMap(readP11KitFolder)];
}

function readP11KitFolder(folder: string): readonly ModulePlace[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.module'))
      .toSorted()
      .flatMap((name) => readP11KitModule(readFileSync(join(folder, name), 'utf8'), name.replace(/\.module$/, '')));
  } catch {
    return [];
  }
}

/**
 * One module file (pkcs11.conf(5)). Left out: what is not for us, what another program is to run, and stores of CA
 * certificates.
 */
export function readP11KitModule(text: string, name: string): readonly ModulePlace[] {
  const settings = new Map(
    text
      .split('\n')
      .map((line) => /^\s*([\w-]+)\s*:\s*(.*?)\s*$/.exec(line))
      .flatMap((match) => (match === null ? [] : [[match[1] ?? '', match[2] ?? ''] as const])),
  );
  const module = settings.get('module');
  const includes = (key: string): boolean => (settings.get(key) ?? '').split(/[\s,]+/).includes('kortd');
  const elsewhere = settings.has('enable-in') && !includes('enable-in');
  if (module === undefined || settings.has('remote') || settings.get('trust-policy') === 'yes') return [];
  if (elsewhere || includes('disable-in')) return [];
  if (isAbsolute(module)) return [{ name, path: module }];
  return libraryFolders.map((folder) => ({ name, path: join(folder, 'pkcs11', module) }));
}
