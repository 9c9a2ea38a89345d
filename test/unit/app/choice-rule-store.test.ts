import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChoiceRuleStore } from '../../../src/app/choice-rule-store.js';
import { recordingLogger, type RecordingLogger } from '../../support/recording-logger.js';

const one = '1'.repeat(64);
const two = '2'.repeat(64);
const relyingParty = 'urn:test:rp';

let folder: string;
let system: string;
let user: string;
let logger: RecordingLogger;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kort-rules-'));
  system = join(folder, 'system', 'choice.json');
  user = join(folder, 'config', 'choice.json');
  logger = recordingLogger();
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = () => new ChoiceRuleStore({ system, user }, logger);
const put = (path: string, content: unknown): void => {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
};
const written = (): unknown => JSON.parse(readFileSync(user, 'utf8'));

describe('ChoiceRuleStore', () => {
  it('has no rules where there are no files, and makes none', () => {
    expect(open()).toMatchObject({ all: [], brokenFiles: [] });
    expect(existsSync(user)).toBe(false);
  });

  it("reads the administrator's rules and the user's, the weightiest first", () => {
    const issuer = 'CN=TEST CA,O=TEST';
    put(system, { rules: [{ prefer: { level: 3 } }, { relying_party: relyingParty, prefer: { issuer } }] });
    put(user, { rules: [{ purpose: 'sign', prefer: { organization: 'TEST Nord', level: 2 } }] });
    expect(open().all).toEqual([
      { relyingParty, prefer: { issuer }, source: 'system' },
      { purpose: 'sign', prefer: { organization: 'TEST Nord', level: 2 }, source: 'user' },
      { prefer: { level: 3 }, source: 'system' },
    ]);
  });

  it.each([
    ['{', { reason: 'fileNotJson' }],
    ['[]', { reason: 'entryForm' }],
    [`{"rules":[${'{"prefer":{"level":3}},'.repeat(200)}{"prefer":{"level":3}}]}`, { reason: 'rulesTooMany' }],
    ['{"rules":[{"prefer":{}}]}', { reason: 'ruleEmpty', field: 'rules.0.prefer' }],
    ['{"rules":[{}]}', { reason: 'fieldForm', field: 'rules.0.prefer' }],
    ['{"rules":[{"prefer":{"level":4}}]}', { reason: 'fieldForm', field: 'rules.0.prefer.level' }],
    ['{"rules":[{"prefer":{"fingerprint":"12"}}]}', { reason: 'fieldForm', field: 'rules.0.prefer.fingerprint' }],
    ['{"rules":[{"prefer":{"level":3},"rp":"x"}]}', { reason: 'fieldUnknown', field: 'rules.0.rp' }],
    ['{"rules":[{"prefer":{"level":3}}],"x":1}', { reason: 'fieldUnknown', field: 'x' }],
    [' '.repeat(300_000), { reason: 'fileTooLong' }],
  ])('uses none of the rules of a broken file, says why, and keeps those of the other (%#)', (text, fields) => {
    put(system, text);
    put(user, { rules: [{ prefer: { level: 3 } }] });
    const store = open();
    expect(store.all).toEqual([{ prefer: { level: 3 }, source: 'user' }]);
    expect(store.brokenFiles).toEqual([{ source: 'system', path: system, fields: { path: system, ...fields } }]);
    expect(logger.lines).toMatchObject([{ level: 'warn', fields: { path: system, ...fields } }]);
  });

  it('says so when a file is a folder, and starts all the same', () => {
    mkdirSync(system, { recursive: true });
    expect(open().brokenFiles).toMatchObject([{ source: 'system', fields: { reason: 'fileUnreadable' } }]);
  });
});

describe('ChoiceRuleStore.prefer()', () => {
  it('keeps a preference before rules that were there, for this user alone, over a restart', () => {
    put(user, { rules: [{ prefer: { level: 3 } }] });
    open().prefer({ fingerprint: one, purpose: 'auth', relyingParty });
    const rule = { relyingParty, purpose: 'auth', prefer: { fingerprint: one }, source: 'user' };
    expect(open().all).toEqual([rule, { prefer: { level: 3 }, source: 'user' }]);
    expect(statSync(user).mode & 0o777).toBe(0o600);
  });

  it('takes the place of one for the same relying party and purpose, and of no other', () => {
    const store = open();
    store.prefer({ fingerprint: one, purpose: 'auth' });
    store.prefer({ fingerprint: one, purpose: 'sign', relyingParty });
    store.prefer({ fingerprint: one, purpose: 'auth', relyingParty });
    store.prefer({ fingerprint: two, purpose: 'auth', relyingParty });
    expect(written()).toEqual({
      rules: [
        { relying_party: relyingParty, purpose: 'auth', prefer: { fingerprint: two } },
        { relying_party: relyingParty, purpose: 'sign', prefer: { fingerprint: one } },
        { purpose: 'auth', prefer: { fingerprint: one } },
      ],
    });
  });

  it('keeps what was written by hand meanwhile', () => {
    const store = open();
    put(user, { rules: [{ prefer: { organization: 'TEST Nord' } }] });
    store.prefer({ fingerprint: one, purpose: 'auth' });
    expect(store.all).toHaveLength(2);
    expect(written()).toMatchObject({ rules: [{ purpose: 'auth' }, { prefer: { organization: 'TEST Nord' } }] });
  });

  it('leaves a broken file as it is, and counts again once it is mended', () => {
    put(user, '{');
    const store = open();
    expect(() => store.prefer({ fingerprint: one, purpose: 'auth' })).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID', fields: { path: user, reason: 'fileNotJson' } }),
    );
    expect(readFileSync(user, 'utf8')).toBe('{');
    put(user, { rules: [] });
    store.prefer({ fingerprint: one, purpose: 'auth' });
    expect(store).toMatchObject({ brokenFiles: [], all: [{ prefer: { fingerprint: one } }] });
  });

  it('says when it cannot write, and goes on with the rules that were', () => {
    writeFileSync(join(folder, 'config'), 'in the way');
    const store = open();
    expect(() => store.prefer({ fingerprint: one, purpose: 'auth' })).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }),
    );
    expect(store.all).toEqual([]);
  });
});

describe('ChoiceRuleStore.unprefer()', () => {
  it('forgets the preferences for one relying party or for all, and no rule of another kind', () => {
    put(user, { rules: [{ prefer: { level: 3 } }, { prefer: { level: 3, fingerprint: two } }] });
    const store = open();
    store.prefer({ fingerprint: one, purpose: 'auth', relyingParty });
    store.prefer({ fingerprint: one, purpose: 'auth' });
    store.unprefer(undefined);
    expect(store.all).toMatchObject([{ relyingParty }, { prefer: { level: 3 } }, { prefer: { fingerprint: two } }]);
    store.unprefer(relyingParty);
    expect(open().all).toHaveLength(2);
  });
});

describe('ChoiceRuleStore.moved()', () => {
  it('lets preferences go on to the certificate that took the place of another', () => {
    const store = open();
    store.prefer({ fingerprint: one, purpose: 'auth', relyingParty });
    store.prefer({ fingerprint: one, purpose: 'auth' });
    store.moved(one, two);
    expect(open().all.map(({ prefer }) => prefer.fingerprint)).toEqual([two, two]);
    expect(store.all).toEqual(open().all);
  });

  it('writes nothing when no preference was about it', () => {
    open().moved(one, two);
    expect(existsSync(user)).toBe(false);
  });

  it('does not stand in the way of a download when the file is broken', () => {
    put(user, '{');
    open().moved(one, two);
    expect(logger.lines.at(-1)).toMatchObject({ level: 'error' });
    expect(readFileSync(user, 'utf8')).toBe('{');
  });
});
