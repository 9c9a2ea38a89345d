import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRemovalFile } from '../../../src/history/removal-file.js';
import type { RememberedRemoval } from '../../../src/model/removal-memory.js';
import { recordingLogger } from '../../support/recording-logger.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kort-removals-'));
  path = join(folder, 'card-removals.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const removal = (orderId: string, more: Partial<RememberedRemoval> = {}): RememberedRemoval => ({
  orderId,
  clientId: 'urn:test:rp',
  tokenId: 'card:1',
  privateKey: 'AAAA',
  reportId: 'report',
  armedAt: 1,
  ...more,
});

describe('openRemovalFile()', () => {
  it('keeps removals over a restart, for the owner’s eyes only, the oldest first', async () => {
    const file = await openRemovalFile(path, recordingLogger());
    await file.keep(removal('one'));
    await file.keep(removal('two', { removedAt: 2 }));
    await file.keep(removal('three'));
    await file.forget('one');
    await file.forget('never');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const again = await openRemovalFile(path, recordingLogger());
    expect(again.all()).toEqual([removal('two', { removedAt: 2 }), removal('three')]);
  });

  it('leaves no key behind when all is delivered', async () => {
    const file = await openRemovalFile(path, recordingLogger());
    await file.keep(removal('one', { privateKey: 'SECRET' }));
    await file.forget('one');
    expect(readFileSync(path, 'utf8')).toBe('{}\n');
  });

  it.each(['', '[1]', '{"one":', 'null'])('begins anew when it holds %j', async (text) => {
    writeFileSync(path, text);
    const file = await openRemovalFile(path, recordingLogger());
    expect(file.all()).toEqual([]);
  });

  it('passes over entries that are none', async () => {
    const broken = { a: {}, b: removal('b', { armedAt: Number.NaN }), c: { ...removal('c'), tokenId: 5 }, d: 'x' };
    writeFileSync(path, JSON.stringify({ ...broken, e: removal('e') }));
    const file = await openRemovalFile(path, recordingLogger());
    expect(file.all()).toEqual([removal('e')]);
  });
});
