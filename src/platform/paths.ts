import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { MiddlewareError } from '../core/errors.js';
import { checkInstanceName, defaultInstance } from './instance.js';
import { linuxBases } from './paths-linux.js';
import { macosBases } from './paths-macos.js';
import type { BaseFolders, PathSources } from './path-sources.js';
import { windowsBases } from './paths-windows.js';

/** Where one instance keeps its files. */
export interface InstancePaths {
  readonly instance: string;
  /** Sockets; gone after a restart of the system. */
  readonly runtime: string;
  /** History, log, and what must survive. */
  readonly state: string;
  readonly config: string;
  /** The administrator's settings: the same for all instances. */
  readonly system: string;
  /** The control socket, or on Windows the pipe. */
  readonly controlSocket: string;
  readonly log: string;
}

/** sun_path holds 108 bytes on Linux and 104 on the Mac, the final zero included; some libraries want a few for themselves. */
const maxSocketPath = 100;

/**
 * Where an instance keeps its files; touches none of them.
 *
 * @throws {MiddlewareError} ERR_USAGE for a malformed name, ERR_CONFIG_PATH_TOO_LONG when a socket path cannot work.
 */
export function instancePaths(name: string, sources: PathSources = systemSources()): InstancePaths {
  const instance = checkInstanceName(name);
  const bases = baseFolders(sources);
  const own = (base: string): string => (instance === defaultInstance ? base : join(base, instance));
  const runtime = own(bases.runtime);
  const state = own(bases.state);
  return {
    instance,
    runtime,
    state,
    config: own(bases.config),
    system: bases.system,
    controlSocket: process.platform === 'win32' ? pipeName(instance, sources) : socketIn(runtime, 'control.sock'),
    log: join(state, 'kortd.log'),
  };
}

/** The folders of settings that all instances share; no socket is in them, so that nothing can be too long. */
export function settingFolders(sources: PathSources = systemSources()): Pick<InstancePaths, 'config' | 'system'> {
  const { config, system } = baseFolders(sources);
  return { config, system };
}

/**
 * The path of a socket in a folder.
 *
 * @throws {MiddlewareError} ERR_CONFIG_PATH_TOO_LONG over 100 bytes.
 */
export function socketIn(folder: string, name: string): string {
  const path = join(folder, name);
  const length = Buffer.byteLength(path);
  if (length <= maxSocketPath) return path;
  throw new MiddlewareError('ERR_CONFIG_PATH_TOO_LONG', 'Socket path is too long', {
    fields: { path, length, limit: maxSocketPath },
  });
}

function baseFolders(sources: PathSources): BaseFolders {
  if (process.platform === 'win32') return windowsBases(sources);
  return process.platform === 'darwin' ? macosBases(sources) : linuxBases(sources);
}

function pipeName(instance: string, { env }: PathSources): string {
  return `\\\\.\\pipe\\kort-${env['USERNAME'] ?? 'user'}-${instance}`;
}

function systemSources(): PathSources {
  const uid = process.getuid?.() ?? -1;
  const isOwnFolder = (path: string): boolean => {
    const found = statSync(path, { throwIfNoEntry: false });
    return found?.isDirectory() === true && found.uid === uid;
  };
  return { env: process.env, home: homedir(), uid, isOwnFolder };
}
