import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPinentryProgram, hasDesktop } from '../../../src/platform/pinentry-program.js';

let folder: string;
let program: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kort-pinentry-'));
  program = join(folder, 'pinentry-test');
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('findPinentryProgram()', () => {
  it('follows links to the file itself, so that none can be changed between the look and the start', () => {
    symlinkSync(program, join(folder, 'pinentry'));
    expect(findPinentryProgram(join(folder, 'pinentry'))).toBe(program);
  });

  it('takes none that others can have put there', () => {
    chmodSync(program, 0o777);
    expect(findPinentryProgram(program)).toBeUndefined();
    chmodSync(program, 0o755);
    const open = join(folder, 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    symlinkSync(program, join(open, 'pinentry'));
    expect(findPinentryProgram(join(open, 'pinentry'))).toBeUndefined();
  });

  it.each(['pinentry', './pinentry', '/nonexistent/pinentry', '/usr/bin'])(
    'has no other in place of the one that was named and cannot be used: %s',
    (named) => {
      expect(findPinentryProgram(named)).toBeUndefined();
    },
  );

  it('finds the one that the system has', () => {
    expect(findPinentryProgram(undefined)).toMatch(/^\/usr\/bin\/pinentry/);
  });
});

describe('hasDesktop()', () => {
  it.each([
    [{ DISPLAY: ':0' }, 'linux', true],
    [{ WAYLAND_DISPLAY: 'wayland-0' }, 'linux', true],
    [{ DISPLAY: '' }, 'linux', false],
    [{}, 'linux', false],
    [{}, 'darwin', true],
  ] as const)('of %o on %s: %s', (env, platform, expected) => {
    expect(hasDesktop(env, platform)).toBe(expected);
  });
});
