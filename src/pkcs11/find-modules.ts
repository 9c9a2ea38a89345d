import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import type { PinFormat } from '../model/pin.js';
import type { FoundModule } from './found-module.js';
import { readModuleConfigs, type ModuleConfig } from './module-config.js';
import { linuxPlaces } from './places-linux.js';
import { macosPlaces } from './places-macos.js';
import { windowsPlaces } from './places-windows.js';
import type { ModulePlace } from './places.js';
import { requireTrustedFile } from '../platform/trusted-file.js';

/** Where {@link findModules} looks. */
export interface FindModulesOptions {
  /** Folders of `*.json` files, the administrator's first: the first to name a file decides. */
  readonly folders: readonly string[];
  /** Default: the usual ones of this system. */
  readonly places?: readonly ModulePlace[];
  readonly onProblem: (problem: MiddlewareError) => void;
}

/** p11-kit would show us every other module again, and, through its client and ours, ourselves. */
const loops = /^(lib)?(p11-kit|kort)/;

/** The modules that may be loaded, each file once; files that others could have put there are refused. */
export function findModules({
  folders,
  places = usualPlaces(),
  onProblem,
}: FindModulesOptions): readonly FoundModule[] {
  const seen = new Set<string>();
  const found: FoundModule[] = [];
  const consider = (path: string, make: (file: string) => FoundModule | undefined): void => {
    try {
      const file = requireTrustedFile(path);
      if (seen.has(file)) return;
      seen.add(file);
      if (loops.test(basename(file))) throw refused(path);
      const module = make(file);
      if (module !== undefined) found.push(module);
    } catch (error) {
      if (!isMiddlewareError(error)) throw error;
      onProblem(error);
    }
  };
  for (const config of readModuleConfigs(folders, onProblem)) {
    consider(config.path, (path) => (config.enabled ? configured(config, path) : undefined));
  }
  for (const { name, path } of places.filter((place) => existsSync(place.path))) {
    consider(path, (file) => ({ ...plain, name, path: file }));
  }
  return found;
}

const plain: Omit<FoundModule, 'name' | 'path'> = {
  origin: 'usual-place',
  pinFormat: {},
  ignorePinPad: false,
  slotEvents: true,
  environment: {},
};

function configured({ name, pin, ignorePinPad, slotEvents, environment }: ModuleConfig, path: string): FoundModule {
  const given = Object.entries(pin).filter(([, value]) => value !== undefined);
  const pinFormat = Object.fromEntries(given) as Partial<PinFormat>;
  return { name: name ?? basename(path), path, origin: 'configured', pinFormat, ignorePinPad, slotEvents, environment };
}

function usualPlaces(): readonly ModulePlace[] {
  if (process.platform === 'win32') return windowsPlaces(process.env);
  return process.platform === 'darwin' ? macosPlaces() : linuxPlaces();
}

function refused(path: string): MiddlewareError {
  return new MiddlewareError('ERR_CONFIG_INVALID', 'Module would lead back to this program', {
    fields: { path, reason: 'moduleLoop' },
  });
}
