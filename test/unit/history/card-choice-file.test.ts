import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCardChoiceFile } from '../../../src/history/card-choice-file.js';
import { recordingLogger } from '../../support/recording-logger.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kort-choices-'));
  path = join(folder, 'card-choices.json');
});
afterEach(() => rm(folder, { recursive: true }));

const choice = { token: 'card:1', certificate: 'ab' };
const question = (clientId: string) => ({ clientId, purpose: 'auth' as const, levels: [3] as const });

describe('openCardChoiceFile()', () => {
  it('remembers over a restart, by relying party and levels in any order, for this user only', async () => {
    const before = await openCardChoiceFile(path, recordingLogger());
    expect(before.recall(question('urn:test:rp'))).toBeUndefined();
    await before.remember({ clientId: 'urn:test:rp', purpose: 'auth', levels: [3, 2] }, choice);
    const after = await openCardChoiceFile(path, recordingLogger());
    expect(after.recall({ clientId: 'urn:test:rp', purpose: 'auth', levels: [2, 3] })).toEqual(choice);
    expect(after.recall(question('urn:test:rp'))).toBeUndefined();
    expect(after.recall({ clientId: 'urn:test:rp', purpose: 'sign', levels: [2, 3] })).toBeUndefined();
    await after.remember(
      { clientId: 'urn:test:rp', purpose: 'sign', levels: [3, 2] },
      { ...choice, certificate: 'cd' },
    );
    expect(after.recall({ clientId: 'urn:test:rp', purpose: 'auth', levels: [2, 3] })).toEqual(choice);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['card-choices.json']);
  });

  it('keeps token and fingerprint only, whatever else a choice carries', async () => {
    const choices = await openCardChoiceFile(path, recordingLogger());
    const more = { ...choice, holder: 'Tolvan Tolvansson' };
    await choices.remember(question('urn:test:rp'), more);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ 'urn:test:rp 3': choice });
  });

  it('forgets what was used longest ago beyond 200', async () => {
    const choices = await openCardChoiceFile(path, recordingLogger());
    for (let at = 0; at < 200; at += 1) await choices.remember(question(`urn:test:${at}`), choice);
    await choices.remember(question('urn:test:0'), { ...choice, certificate: 'cd' });
    await choices.remember(question('urn:test:new'), choice);
    const after = await openCardChoiceFile(path, recordingLogger());
    expect(after.recall(question('urn:test:0'))?.certificate).toBe('cd');
    expect(after.recall(question('urn:test:1'))).toBeUndefined();
    expect(after.recall(question('urn:test:2'))).toEqual(choice);
  });

  it.each(['', 'null', '{"urn:test:rp 3":{"token":1,"certificate":"ab"}}', 'rubbish'])(
    'begins anew with a file that makes no sense: %s',
    async (content) => {
      await writeFile(path, content);
      const choices = await openCardChoiceFile(path, recordingLogger());
      expect(choices.recall(question('urn:test:rp'))).toBeUndefined();
      await choices.remember(question('urn:test:rp'), choice);
      expect(choices.recall(question('urn:test:rp'))).toEqual(choice);
    },
  );
});
