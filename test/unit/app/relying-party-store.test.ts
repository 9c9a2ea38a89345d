import { createHash, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { relyingPartyMethods } from '../../../src/app/relying-party-methods.js';
import { RelyingPartyStore } from '../../../src/app/relying-party-store.js';
import { parseRelyingParty } from '../../../src/oob/relying-party-entry.js';
import type { RelyingPartyFinding } from '../../../src/control-contract/relying-parties.js';
import { recordingLogger } from '../../support/recording-logger.js';
import { scriptedHttp } from '../../support/scripted-http.js';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = { ...publicKey.export({ format: 'jwk' }), kid: '1', alg: 'ES256' };
const entry = {
  client_id: 'urn:example:clinic',
  display_name: { sv: 'Exempelkliniken', en: 'Example Clinic' },
  origins: ['https://login.clinic.example'],
  jwks: { keys: [key] },
  acr_values: ['http://id.sambi.se/loa/loa3'],
  launchers: ['page'],
  purposes: ['auth'],
};

const launched = {
  ...entry,
  launchers: ['scheme'],
  request_endpoint: 'https://login.clinic.example/request',
  response_endpoint: 'https://login.clinic.example/response',
};
const pinned = {
  ...entry,
  jwks: undefined,
  jwks_uri: 'https://login.clinic.example/jwks',
  pins: [createHash('sha256').update('TEST').digest('base64')],
};

let folder: string;
let store: RelyingPartyStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kort-rp-'));
  const folders = { system: join(folder, 'system'), user: join(folder, 'user') };
  store = new RelyingPartyStore(folders, recordingLogger());
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function check(params: { entry: unknown } | { clientId: string }): Promise<readonly RelyingPartyFinding[]> {
  const result = await relyingPartyMethods(store, scriptedHttp())['rp.check']?.(params, undefined as never);
  return result?.findings ?? [];
}

describe('rp.check', () => {
  it.each([
    ['a missing field', { ...entry, purposes: undefined }, 'purposes', 'fieldMissing'],
    ['an unknown field', { ...entry, color: 'red' }, 'color', 'fieldUnknown'],
    [
      'an unknown field within',
      { ...entry, display_name: { sv: 'A', en: 'B', fi: 'C' } },
      'display_name.fi',
      'fieldUnknown',
    ],
    ['a wrong form', { ...entry, acr_values: ['loa3'] }, 'acr_values.0', 'fieldForm'],
    ['the same twice', { ...entry, launchers: ['page', 'page'] }, 'launchers', 'fieldTwice'],
    ['a key for another alg', { ...entry, jwks: { keys: [{ ...key, alg: 'ES384' }] } }, 'jwks.keys.0', 'keyAlgorithm'],
    ['no key at all', { ...entry, jwks: { keys: [{ ...key, x: 'AA' }] } }, 'jwks.keys.0', 'keyUnfit'],
    ['a path in an origin', { ...entry, origins: ['https://a.example/x'] }, 'origins.0', 'originForm'],
    ['a page without origin', { ...entry, origins: undefined }, 'origins', 'originNeeded'],
    ['a redirect without origin', { ...launched, launchers: ['redirect'], origins: [] }, 'origins', 'originNeeded'],
    ['a link that cannot come back', { ...launched, origins: [] }, 'origins', 'originNeeded'],
    ['no keys', { ...entry, jwks: undefined }, 'jwks', 'keysMissing'],
    ['keys in two places', { ...pinned, jwks: entry.jwks }, 'jwks_uri', 'keysTwice'],
    ['fetched keys without pins', { ...pinned, pins: undefined }, 'pins', 'pinsNeeded'],
    ['fetched keys without https', { ...pinned, jwks_uri: 'http://127.0.0.1/jwks' }, 'jwks_uri', 'addressForm'],
    ['a pin that is no hash', { ...pinned, pins: ['AAAA'] }, 'pins.0', 'pinForm'],
    [
      'a launch without an address',
      { ...launched, response_endpoint: undefined },
      'response_endpoint',
      'endpointNeeded',
    ],
    [
      'an address with a user',
      { ...entry, removal_endpoint: 'https://a@b.example/' },
      'removal_endpoint',
      'addressForm',
    ],
    ['a file by half a path', { ...entry, ca_file: 'ca.pem' }, 'ca_file', 'pathForm'],
    ['a user who types codes', { ...launched, unbound: true }, 'unbound', 'unboundUser'],
    ['no object', [], '', 'entryForm'],
    [
      'a private key',
      { ...entry, jwks: { keys: [{ ...key, d: privateKey.export({ format: 'jwk' }).d }] } },
      'jwks.keys.0.d',
      'keyPrivate',
    ],
  ])('names %s', async (_what, wrong, field, reason) => {
    expect(await check({ entry: wrong })).toEqual([expect.objectContaining({ ok: false, field, reason })]);
    expect(() => store.add(wrong)).toThrow(
      expect.objectContaining({ fields: expect.objectContaining({ field, reason }) as object }) as Error,
    );
  });

  it('accepts an entry that is registered just so, but no changed one', async () => {
    store.add(entry);
    expect((await check({ entry })).every(({ ok }) => ok)).toBe(true);
    expect(await check({ entry: { ...entry, display_name: { sv: 'A', en: 'B' } } })).toEqual([
      expect.objectContaining({ check: 'conflict', ok: false }),
    ]);
    expect(() => store.add(entry)).toThrow(expect.objectContaining({ code: 'ERR_CONFIG_CONFLICT' }) as Error);
  });

  it('tells the addresses of an entry that is in order', async () => {
    const found = await check({ entry: launched });
    expect(found).toContainEqual({
      check: 'endpoints',
      ok: true,
      detail: 'https://login.clinic.example/request, https://login.clinic.example/response',
    });
    expect(await check({ entry: pinned })).toContainEqual({ check: 'keys', ok: true, detail: pinned.jwks_uri });
  });

  it('lets the administrator register codes that users type, for links only', () => {
    const system = join(folder, 'system');
    mkdirSync(system);
    const logger = recordingLogger();
    const reload = (json: unknown): RelyingPartyStore => {
      writeFileSync(join(system, 'a.json'), JSON.stringify(json));
      return new RelyingPartyStore({ system, user: join(folder, 'user') }, logger);
    };
    const typed = { ...launched, origins: [], unbound: true };
    expect(reload(typed).find('urn:example:clinic').unbound).toBe(true);
    expect(() => reload({ ...typed, launchers: ['process'] }).find('urn:example:clinic')).toThrow();
    expect(logger.lines.at(-1)).toMatchObject({ fields: { field: 'unbound', detail: 'without scheme' } });
  });

  it('names a client_id that nobody has', async () => {
    await expect(check({ clientId: 'urn:nope' })).rejects.toMatchObject({
      code: 'ERR_CONFIG_NOT_FOUND',
      fields: { name: 'urn:nope' },
    });
  });
});

describe('a relying party that is built in', () => {
  const party = { ...parseRelyingParty({ ...entry, origins: [], launchers: ['process'] }, 'system') };
  const withBuiltIn = () => {
    const folders = { system: join(folder, 'system'), user: join(folder, 'user') };
    return new RelyingPartyStore(folders, recordingLogger(), [party]);
  };

  it('is listed and found, but is in no file and cannot be removed', () => {
    store = withBuiltIn();
    expect(store.registry.all).toEqual([party]);
    expect(store.find(entry.client_id)).toBe(party);
    expect(() => store.remove(entry.client_id)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_BUILT_IN', fields: { name: entry.client_id } }),
    );
    expect(store.registry.all).toEqual([party]);
    expect(existsSync(join(folder, 'user'))).toBe(false);
  });

  it('comes before a file that wants its place, and cannot be added over', () => {
    store.add(entry);
    store = withBuiltIn();
    expect(store.registry.all).toEqual([party]);
    expect(() => store.add({ ...entry, display_name: { sv: 'X', en: 'X' } })).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_CONFLICT' }),
    );
    // Nor may anybody go by its name.
    expect(() => store.add({ ...entry, client_id: 'urn:other', origins: ['https://other.example'] })).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_CONFLICT' }),
    );
  });
});

describe('rp.list', () => {
  it('names files that are not used, and what is wrong in them', async () => {
    const system = join(folder, 'system');
    mkdirSync(system);
    writeFileSync(join(system, 'a.json'), JSON.stringify(entry));
    writeFileSync(join(system, 'b.json'), JSON.stringify({ ...entry, client_id: 'urn:example:other' }));
    writeFileSync(join(system, 'c.json'), JSON.stringify({ ...entry, color: 'red' }));
    writeFileSync(join(system, 'd.json'), '{');
    const reloaded = new RelyingPartyStore({ system, user: join(folder, 'user') }, recordingLogger());
    const list = await relyingPartyMethods(reloaded, scriptedHttp())['rp.list']?.({}, undefined as never);
    expect(list?.relyingParties).toMatchObject([{ clientId: 'urn:example:clinic' }]);
    expect(list?.skipped).toMatchObject([
      { path: join(system, 'b.json'), reason: 'entryConflict', detail: 'https://login.clinic.example' },
      { path: join(system, 'c.json'), reason: 'fieldUnknown', field: 'color' },
      { path: join(system, 'd.json'), reason: 'fileNotJson' },
    ]);
  });
});
