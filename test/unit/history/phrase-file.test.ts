import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPhraseFile } from '../../../src/history/phrase-file.js';
import { recordingLogger } from '../../support/recording-logger.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kort-phrase-'));
  path = join(folder, 'phrase.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('openPhraseFile()', () => {
  it('keeps a phrase for its owner alone, over a restart, and leaves no draft', async () => {
    const file = await openPhraseFile(path, recordingLogger());
    expect(file.phrase).toBeUndefined();
    await Promise.all([file.set('Röd räv'), file.set('Blå elefant')]);
    expect(file.phrase).toBe('Blå elefant');
    expect((await openPhraseFile(path, recordingLogger())).phrase).toBe('Blå elefant');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['phrase.json']);
  });

  it('leaves nothing behind when it is removed, and removes nothing twice', async () => {
    const file = await openPhraseFile(path, recordingLogger());
    await file.set('Blå elefant');
    await file.set(undefined);
    await file.set(undefined);
    expect(file.phrase).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('keeps the phrase that counted when another cannot be written', async () => {
    const file = await openPhraseFile(path, recordingLogger());
    await file.set('Blå elefant');
    rmSync(folder, { recursive: true });
    await expect(file.set('Röd räv')).rejects.toThrow('ENOENT');
    expect(file.phrase).toBe('Blå elefant');
  });

  it.each([
    'not JSON Blå elefant',
    '"Blå elefant"',
    'null',
    '{}',
    '{"phrase":7}',
    '{"phrase":""}',
    '{"phrase":"Blå\\u001b[2Jelefant"}',
    '{"phrase":"Blå\\u202eelefant"}',
    '{"phrase":" Blå elefant "}',
    JSON.stringify({ phrase: 'x'.repeat(65) }),
  ])('takes none out of %s, and puts none of it into the log', async (text) => {
    writeFileSync(path, text);
    const logger = recordingLogger();
    expect((await openPhraseFile(path, logger)).phrase).toBeUndefined();
    expect(logger.lines).toHaveLength(1);
    expect(JSON.stringify(logger.lines)).not.toContain('elefant');
  });
});
