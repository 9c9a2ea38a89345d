import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { RelyingParty } from '../../src/model/relying-party.js';
import type { OobCaller } from '../../src/oob/oob-service.js';
import { parseRelyingParty } from '../../src/oob/relying-party-entry.js';
import { forgeJws, signWith } from './forged-jws.js';

/** 2026-01-02T03:04:05Z: the moment of tests that need one. */
export const testNow = Date.UTC(2026, 0, 2, 3, 4, 5);

export interface TestKeys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A relying party of tests: its keys, the JSON of its entry, and what it signs by default. */
export interface TestRelyingParty {
  readonly keys: Readonly<Record<'ES256' | 'ES384' | 'PS256' | 'RS256', TestKeys>>;
  readonly json: Readonly<Record<string, unknown>>;
  readonly page: OobCaller;
  readonly process: OobCaller;
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

export function createTestRelyingParty(name = 'rp'): TestRelyingParty {
  const keys = {
    ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    PS256: rsa,
    RS256: otherRsa,
  };
  return {
    keys,
    page: { launcher: 'page', origin: `https://${name}.example` },
    process: { launcher: 'process', origin: undefined },
    json: {
      client_id: `https://${name}.example/client`,
      display_name: { sv: `TEST tjänst ${name}`, en: `TEST service ${name}` },
      origins: [`https://${name}.example`],
      jwks: {
        keys: Object.entries(keys).map(([alg, { publicKey }]) => ({
          ...publicKey.export({ format: 'jwk' }),
          kid: `key-${alg}`,
          alg,
        })),
      },
      acr_values: ['http://id.sambi.se/loa/loa3'],
      launchers: ['page', 'process'],
      purposes: ['auth'],
    },
  };
}

export function entryOf(
  party: TestRelyingParty,
  changes: Readonly<Record<string, unknown>> = {},
  source: RelyingParty['source'] = 'system',
): RelyingParty {
  return parseRelyingParty({ ...party.json, ...changes }, source);
}

let counter = 0;

/** Claims that are accepted as they are; a change to undefined leaves the claim out. */
export function requestClaims(
  party: TestRelyingParty,
  changes: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  counter += 1;
  const seconds = Math.floor(testNow / 1000);
  return {
    iss: party.json['client_id'],
    aud: 'urn:kort:client',
    iat: seconds,
    exp: seconds + 300,
    jti: `request-${counter}`,
    nonce: 'n'.repeat(32),
    purpose: 'auth',
    launchers: ['page', 'process'],
    acr_values: ['http://id.sambi.se/loa/loa3'],
    confirmation_code: 'K7P4',
    response_mode: 'collect',
    ...changes,
  };
}

/** A request object that is accepted unless something is changed. */
export function signedRequest(
  party: TestRelyingParty,
  changes: Readonly<Record<string, unknown>> = {},
  alg: keyof TestRelyingParty['keys'] = 'ES256',
): string {
  const header = { typ: 'kort-request+jwt', alg, kid: `key-${alg}` };
  return forgeJws(header, requestClaims(party, changes), signWith(party.keys[alg].privateKey, alg));
}
