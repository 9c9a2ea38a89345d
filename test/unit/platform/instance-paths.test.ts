import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MiddlewareError } from '../../../src/core/errors.js';
import { defaultPortOf } from '../../../src/platform/instance.js';
import type { PathSources } from '../../../src/platform/path-sources.js';
import { macosBases } from '../../../src/platform/paths-macos.js';
import { instancePaths, socketIn } from '../../../src/platform/paths.js';
import { windowsBases } from '../../../src/platform/paths-windows.js';

const sources = (change: Partial<PathSources> = {}): PathSources => ({
  env: {},
  home: '/home/tolvan',
  uid: 1000,
  isOwnFolder: () => false,
  ...change,
});

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof MiddlewareError ? error.code : String(error);
  }
}

describe('instancePaths()', () => {
  it('follows the XDG variables', () => {
    const env = { XDG_RUNTIME_DIR: '/r', XDG_STATE_HOME: '/s', XDG_CONFIG_HOME: '/c' };
    expect(instancePaths('default', sources({ env }))).toEqual({
      instance: 'default',
      runtime: '/r/kort',
      state: '/s/kort',
      config: '/c/kort',
      system: '/etc/kort',
      controlSocket: '/r/kort/control.sock',
      log: '/s/kort/kortd.log',
    });
  });

  it('gives a named instance folders of its own inside, but the same system folder', () => {
    const env = { XDG_RUNTIME_DIR: '/r' };
    const { runtime, state, config, system } = instancePaths('sandbox', sources({ env }));
    expect({ runtime, state, config, system }).toEqual({
      runtime: '/r/kort/sandbox',
      state: '/home/tolvan/.local/state/kort/sandbox',
      config: '/home/tolvan/.config/kort/sandbox',
      system: '/etc/kort',
    });
  });

  it('takes /run/user/UID only when it is there and ours, else the state folder', () => {
    const asked: string[] = [];
    const isOwnFolder = (path: string): boolean => asked.push(path) > 0;
    expect(instancePaths('default', sources({ isOwnFolder })).runtime).toBe('/run/user/1000/kort');
    expect(asked).toEqual(['/run/user/1000']);
    expect(instancePaths('default', sources()).runtime).toBe('/home/tolvan/.local/state/kort/run');
  });

  it('ignores a relative path in a variable, as the specification asks', () => {
    expect(instancePaths('default', sources({ env: { XDG_RUNTIME_DIR: 'r', XDG_STATE_HOME: '' } })).runtime).toBe(
      '/home/tolvan/.local/state/kort/run',
    );
  });

  it.each(['', 'A', 'a/b', '..', 'a b', 'x'.repeat(33), 'run', 'å'])('refuses the name "%s"', (name) => {
    expect(codeOf(() => instancePaths(name, sources()))).toBe('ERR_USAGE');
  });

  it('refuses a socket path over 100 bytes, counting bytes and not characters', () => {
    const fits = `/${'r'.repeat(100 - '/kort/control.sock'.length - 1)}`;
    expect(instancePaths('default', sources({ env: { XDG_RUNTIME_DIR: fits } })).controlSocket).toHaveLength(100);
    expect(codeOf(() => instancePaths('default', sources({ env: { XDG_RUNTIME_DIR: `${fits}r` } })))).toBe(
      'ERR_CONFIG_PATH_TOO_LONG',
    );
    expect(codeOf(() => socketIn('/', 'å'.repeat(50)))).toBe('ERR_CONFIG_PATH_TOO_LONG');
  });
});

describe('defaultPortOf()', () => {
  it('is 14940 for the ordinary daemon, and one of the next 999 for every named one', () => {
    expect(defaultPortOf('default')).toBe(14940);
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9-]{1,32}$/), (name) => {
        fc.pre(name !== 'default');
        expect(defaultPortOf(name)).toBeGreaterThanOrEqual(14941);
        expect(defaultPortOf(name)).toBeLessThanOrEqual(15939);
      }),
    );
  });

  it('is always the same for a name, and differs between usual ones', () => {
    expect(new Set(['sandbox', 'demo', 'test'].map(defaultPortOf)).size).toBe(3);
    expect(defaultPortOf('sandbox')).toBe(defaultPortOf('sandbox'));
  });
});

describe('the other systems', () => {
  it('keep everything below the user’s own folders', () => {
    const mac = macosBases(sources({ home: '/Users/tolvan' }));
    for (const folder of [mac.runtime, mac.state, mac.config]) expect(folder).toMatch(/^\/Users\/tolvan\/Library\//);
    const env = { LOCALAPPDATA: '/local', APPDATA: '/roaming', ProgramData: '/data' };
    expect(windowsBases(sources({ env }))).toEqual({
      runtime: '/local/kort/run',
      state: '/local/kort',
      config: '/roaming/kort',
      system: '/data/kort',
    });
  });
});
