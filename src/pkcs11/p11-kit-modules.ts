import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RegisteredModule } from '../model/machine.js';
import { p11KitFolders, readP11KitModule } from './places-linux.js';

/** Modules that p11-kit offers to other programs (pkcs11.conf(5)), also those whose file is not there. */
export async function readP11KitModules(root = '/'): Promise<readonly RegisteredModule[]> {
  const found = await Promise.all(
    p11KitFolders.map(async (folder) => {
      const names = await readdir(join(root, folder)).catch(() => []);
      return await Promise.all(
        names.filter((name) => name.endsWith('.module')).map(async (name) => await readRegistered(root, folder, name)),
      );
    }),
  );
  return found.flat(2);
}

async function readRegistered(root: string, folder: string, file: string): Promise<readonly RegisteredModule[]> {
  const text = await readFile(join(root, folder, file), 'utf8').catch(() => '');
  const module = file.replace(/\.module$/, '');
  const places = readP11KitModule(text, module).map(({ path }) => join(root, path));
  const path = places.find((place) => existsSync(place)) ?? places[0];
  return path === undefined ? [] : [{ by: 'p11-kit', module, path, exists: existsSync(path) }];
}
