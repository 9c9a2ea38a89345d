import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MiddlewareError, type ErrorFields } from '../core/errors.js';
import {
  inForce,
  isSettingName,
  isSettingValue,
  settingNames,
  type SettingName,
  type Settings,
  type SettingsFile,
  type SettingSource,
} from '../model/setting.js';
import { settingFolders } from './paths.js';
import { requireTrustedFile } from './trusted-file.js';
import { writeWholeFile } from './whole-file.js';

/** Where settings stand; the same for all instances. */
export type SettingPlaces = Readonly<Record<SettingSource, string>>;

const maxFileBytes = 65_536;

/** `settings.json` in the user's configuration folder, and in the administrator's. */
export function settingPlaces(): SettingPlaces {
  const { config, system } = settingFolders();
  return { user: join(config, 'settings.json'), system: join(system, 'settings.json') };
}

/** What the files say that are there, the user's first. Never throws; without zod, since `kort status` reads them. */
export function readSettingFiles(places: SettingPlaces = settingPlaces()): readonly SettingsFile[] {
  return (['user', 'system'] as const).flatMap((source) => {
    const path = places[source];
    try {
      if (statSync(path, { throwIfNoEntry: false }) === undefined) return [];
      return [{ source, path, ...checkValues(path, readObject(path)) }];
    } catch (error) {
      const problem = error instanceof MiddlewareError ? error : unusable(path, { reason: 'fileUnreadable' }, error);
      return [{ source, path, settings: {}, problems: [problem] }];
    }
  });
}

/** What is in force: the user's word before the administrator's. Never throws. */
export function readUserSettings(places?: SettingPlaces): Settings {
  return inForce(readSettingFiles(places));
}

/**
 * Sets one of the user's settings, or takes it back; what else stands in the file stays.
 *
 * @throws {MiddlewareError} ERR_CONFIG_INVALID with `path` and `reason`: the file that is there cannot be used, and is
 *   not written over; or it cannot be written.
 */
export function changeUserSetting(
  name: SettingName,
  value: string | undefined,
  path: string = settingPlaces().user,
): void {
  const before = existsSync(path) ? readObject(path) : {};
  // A field without a value is not written.
  const after = { ...before, [name]: value };
  try {
    writeWholeFile(path, `${JSON.stringify(after, undefined, 2)}\n`, { folder: 0o700, file: 0o600 });
  } catch (cause) {
    throw unusable(path, { reason: 'fileUnwritable' }, cause);
  }
}

function readObject(path: string): Record<string, unknown> {
  const file = requireTrustedFile(path);
  if (statSync(file).size > maxFileBytes) throw unusable(path, { reason: 'fileTooLong' });
  const found = parseJson(path, readFileSync(file, 'utf8'));
  if (typeof found === 'object' && found !== null && !Array.isArray(found)) return { ...found };
  throw unusable(path, { reason: 'entryForm' });
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unusable(path, { reason: 'fileNotJson' }, cause);
  }
}

/** A field that we do not know, or that is wrong, spoils no other. */
function checkValues(path: string, found: Record<string, unknown>): Pick<SettingsFile, 'settings' | 'problems'> {
  const isRight = (name: SettingName): boolean => isSettingValue(name, found[name]);
  const problems = Object.keys(found).flatMap((field) => {
    if (!isSettingName(field)) return [unusable(path, { reason: 'fieldUnknown', field })];
    return isRight(field) ? [] : [unusable(path, { reason: 'fieldForm', field })];
  });
  const settings: Settings = Object.fromEntries(settingNames.filter(isRight).map((name) => [name, found[name]]));
  return { settings, problems };
}

function unusable(path: string, fields: ErrorFields, cause?: unknown): MiddlewareError {
  return new MiddlewareError('ERR_CONFIG_INVALID', 'Settings file cannot be used', {
    fields: { path, ...fields },
    cause,
  });
}
