import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRevocationFile } from '../../../src/history/revocation-file.js';
import type { SettledRevocation } from '../../../src/model/revocation.js';
import { recordingLogger } from '../../support/recording-logger.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kort-revocation-file-'));
  path = join(folder, 'revocation.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = '2026-05-01T10:00:00.000Z';
const good: SettledRevocation = { status: 'good', checkedAt: at, validUntil: at };
const revoked: SettledRevocation = {
  status: 'revoked',
  checkedAt: at,
  revokedAt: at,
  certificate: 'issuer',
  reason: 'x',
};

describe('openRevocationFile()', () => {
  it('keeps answers over a restart, for the user’s eyes only', async () => {
    const file = await openRevocationFile(path, recordingLogger());
    await Promise.all([file.set('a', good), file.set('b', revoked), file.set('c', good)]);
    await file.delete('c');
    const again = await openRevocationFile(path, recordingLogger());
    expect(['a', 'b', 'c'].map((name) => again.get(name))).toEqual([good, revoked, undefined]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('leaves out what makes no sense', async () => {
    const entries = {
      ...{ a: { ...good, validUntil: 'later' }, b: { ...good, checkedAt: undefined }, c: { status: 'unknown' } },
      ...{ d: { ...revoked, certificate: 'both' }, e: { ...revoked, revokedAt: 5 }, f: 5, g: null },
      ...{ h: { ...revoked, reason: {} }, good },
    };
    writeFileSync(path, JSON.stringify(entries));
    const file = await openRevocationFile(path, recordingLogger());
    expect(Object.keys(entries).filter((name) => file.get(name) !== undefined)).toEqual(['good']);
  });

  it('is begun anew, with a warning, when it is no JSON, and forgets the oldest of many', async () => {
    writeFileSync(path, '{');
    const logger = recordingLogger();
    const file = await openRevocationFile(path, logger);
    expect(logger.lines).toMatchObject([{ level: 'warn' }]);
    for (let one = 0; one <= 200; one += 1) void file.set(`f${one}`, good);
    await file.set('last', good);
    expect(Object.keys(JSON.parse(readFileSync(path, 'utf8')) as object)).toHaveLength(200);
  });
});
