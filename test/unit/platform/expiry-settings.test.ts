import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readExpirySettings } from '../../../src/platform/expiry-settings.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kort-expiry-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function read(...files: readonly unknown[]) {
  const problems: unknown[] = [];
  const paths = files.map((content, index) => {
    const path = join(folder, `${index}.json`);
    if (content !== undefined)
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 });
    return path;
  });
  const settings = readExpirySettings(paths, ({ fields }) => void problems.push(fields['reason']));
  return { ...settings, problems };
}

const visit = { kind: 'visit', text: { sv: 'Kom', en: 'Come' }, url: 'https://card.example/x?y=1' };

describe('readExpirySettings()', () => {
  it('has the administrator’s actions before the user’s, and nothing where there is no file', () => {
    const { rules, remember, problems } = read(
      { actions: [{ subject: 'certificate', issuer: 'CN=A', ...visit }] },
      undefined,
      { actions: [{ kind: 'call', phone: '+46 8-123 45 67' }] },
    );
    expect(rules).toEqual([
      { subject: 'certificate', issuer: 'CN=A', action: visit },
      { subject: undefined, issuer: undefined, action: { kind: 'call', phone: '+46 8-123 45 67' } },
    ]);
    expect({ remember, problems }).toEqual({ remember: true, problems: [] });
  });

  it('remembers no card when one of the files forbids it, or cannot be used', () => {
    expect(read({ remember: false }, { remember: true }).remember).toBe(false);
    expect(read('{', {}).remember).toBe(false);
  });

  it('takes control and direction characters out of what people will read', () => {
    const text = { sv: 'A\u202eB\u001b[2J\nC', en: 'x' };
    expect(read({ actions: [{ kind: 'call', text }] }).rules[0]?.action.text?.sv).toBe('AB C');
  });

  it.each([
    [{ actions: [{ ...visit, url: 'http://card.example' }] }],
    [{ actions: [{ ...visit, url: 'javascript:alert(1)' }] }],
    [{ actions: [{ ...visit, url: 'https://bank.example@card.example/' }] }],
    [{ actions: [{ ...visit, url: 'https://kört.example/' }] }],
    [{ actions: [{ ...visit, url: 'https://card.example/ x' }] }],
    [{ actions: [{ kind: 'call', phone: 'ring mig' }] }],
    [{ actions: [{ kind: 'run', text: { sv: 'x', en: 'x' } }] }],
    [{ actions: [{ kind: 'visit', text: { sv: 'x' } }] }],
    [{ actions: [{ kind: 'visit', command: 'rm' }] }],
    [{ what: 1 }],
    ['[]'],
    ['{"actions":'],
  ])('uses nothing of %j', (content) => {
    const { rules, problems } = read(content, { actions: [{ kind: 'none' }] });
    expect(rules).toEqual([{ subject: undefined, issuer: undefined, action: { kind: 'none' } }]);
    expect(problems).toHaveLength(1);
  });

  it('uses no file that others may write', () => {
    const path = join(folder, 'open.json');
    writeFileSync(path, '{}');
    chmodSync(path, 0o666);
    const problems: unknown[] = [];
    readExpirySettings([path], ({ fields }) => void problems.push(fields['reason']));
    expect(problems).toEqual(['fileUntrusted']);
  });
});
