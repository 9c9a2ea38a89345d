import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { followPinentry, type FollowedPinentry } from '../../../../src/app/pinentry/open-pinentry.js';
import { attachedSurfaces, type AttachedSurfaces } from '../../../../src/daemon/control/prompt-surfaces.js';
import { systemClock } from '../../../../src/core/ports.js';
import { recordingLogger, type RecordingLogger } from '../../../support/recording-logger.js';

let folder: string;
let logger: RecordingLogger;
let prompts: AttachedSurfaces;
let followed: FollowedPinentry | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kort-settings-'));
  vi.stubEnv('XDG_CONFIG_HOME', folder);
  logger = recordingLogger();
  prompts = attachedSurfaces({ clock: systemClock, logger, onLook: () => followed?.look() });
});
afterEach(() => {
  followed?.close();
  followed = undefined;
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function follow(env: Readonly<Record<string, string>>, sandbox = false): void {
  followed = followPinentry({ prompts, sandbox, env, clock: systemClock, logger });
}

function set(settings: Readonly<Record<string, string>>): void {
  mkdirSync(join(folder, 'kort'), { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, 'kort', 'settings.json'), JSON.stringify(settings), { mode: 0o600 });
}

const desktop = { DISPLAY: ':0' };

describe('followPinentry()', () => {
  it('attaches where there is a desktop, once', () => {
    follow(desktop);
    expect([prompts.count, prompts.count, prompts.surfaces.available]).toEqual([1, 1, true]);
    expect(logger.lines).toHaveLength(1);
  });

  it.each([
    ['no desktop', {}, false, {}],
    ['a sandbox', desktop, true, {}],
    ['the user, who switched it off', desktop, false, { pinentry: 'off' }],
    ['a program that is not there', desktop, false, { 'pinentry-program': '/nonexistent/pinentry' }],
  ])('leaves it out for %s', (_what, env, sandbox, settings) => {
    set(settings);
    follow(env, sandbox);
    expect(prompts.surfaces.available).toBe(false);
  });

  it.each([
    ['a sandbox, when the user says so', desktop, true, { pinentry: 'on' }],
    ['a terminal that the user named', {}, false, { 'pinentry-terminal': '/dev/null' }],
  ])('attaches for %s', (_what, env, sandbox, settings) => {
    set(settings);
    follow(env, sandbox);
    expect(prompts.count).toBe(1);
  });

  it('follows a change of the settings, and detaches when it is closed', () => {
    follow(desktop);
    expect(prompts.count).toBe(1);
    set({ pinentry: 'off' });
    expect(prompts.count).toBe(0);
    set({ 'pinentry-program': '/usr/bin/pinentry-tty' });
    expect(prompts.count).toBe(1);
    expect(logger.lines.map(({ fields }) => fields['program'])).toEqual([
      expect.stringMatching(/^\/usr\/bin\/pinentry/),
      '/usr/bin/pinentry-tty',
    ]);
    set({ pinentry: 'off' });
    expect(prompts.count).toBe(0);
  });
});
