import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MiddlewareError } from '../../../src/core/errors.js';
import { readRevocationSettings } from '../../../src/platform/revocation-settings.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kort-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function read(...texts: readonly string[]) {
  const problems: MiddlewareError[] = [];
  const paths = texts.map((text, index) => {
    const path = join(folder, `${index}.json`);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  });
  const settings = readRevocationSettings([...paths, join(folder, 'absent.json')], (problem) => problems.push(problem));
  return { settings, problems };
}

describe('readRevocationSettings()', () => {
  it('forbids nothing without a file', () => {
    const { settings, problems } = read();
    expect([settings.check, settings.mayCall('ocsp.ca.example'), problems]).toEqual([true, true, []]);
  });

  it('lets each file only forbid more', () => {
    const { settings } = read('{"hosts": ["A.example", "b.example:8080"]}', '{"hosts": ["a.example", "c.example"]}');
    const called = ['a.example', 'b.example:8080', 'c.example'].filter((host) => settings.mayCall(host));
    expect([settings.check, called]).toEqual([true, ['a.example']]);
    expect(read('{"check": false}', '{"check": true}').settings.check).toBe(false);
  });

  it.each(['{"check": false', '{"chek": false}', '{"hosts": "ocsp.ca.example"}', '[]'])(
    'asks nobody while a file cannot be used: %s',
    (text) => {
      const { settings, problems } = read(text, '{}');
      expect(settings.check).toBe(false);
      expect(problems).toMatchObject([{ code: 'ERR_CONFIG_INVALID' }]);
    },
  );
});
