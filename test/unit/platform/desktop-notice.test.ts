import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { showDesktopNotice } from '../../../src/platform/desktop-notice.js';

let folder: string;
const path = process.env['PATH'];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kort-notice-'));
  process.env['PATH'] = folder;
});
afterEach(() => {
  process.env['PATH'] = path;
  rmSync(folder, { recursive: true });
});

function install(code: number): void {
  const program = join(folder, 'notify-send');
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$@" > '${folder}/told'\nexit ${code}\n`);
  chmodSync(program, 0o755);
}

describe('showDesktopNotice()', () => {
  it('hands text to notify-send as text, never as markup or an option', async () => {
    install(0);
    expect(await showDesktopNotice({ title: '--help', text: '<b>Tolvan</b> & co' }, 'linux')).toBe(true);
    expect(readFileSync(join(folder, 'told'), 'utf8').split('\n').slice(-4, -1)).toEqual([
      '--',
      '--help',
      '&lt;b&gt;Tolvan&lt;/b&gt; &amp; co',
    ]);
  });

  it('tells when nobody took it: refused, not installed, or a system without', async () => {
    install(1);
    expect(await showDesktopNotice({ title: 'x', text: 'y' }, 'linux')).toBe(false);
    rmSync(join(folder, 'notify-send'));
    expect(await showDesktopNotice({ title: 'x', text: 'y' }, 'linux')).toBe(false);
    expect(await showDesktopNotice({ title: 'x', text: 'y' }, 'win32')).toBe(false);
  });
});
