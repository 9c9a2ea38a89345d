import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createRequestObject, newConfirmationCode, type RequestWishes } from '../../../src/verify/verify.js';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** Claims of a request object made for these wishes. */
async function claimsOf(wishes: Partial<RequestWishes>): Promise<Record<string, unknown>> {
  const { request } = await createRequestObject({
    clientId: 'urn:example:clinic',
    key: { privateKey, algorithm: 'ES256', keyId: '2026-1' },
    launchers: ['page'],
    acrValues: ['http://id.sambi.se/loa/loa3'],
    ...wishes,
  });
  return JSON.parse(Buffer.from(request.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
}

describe('createRequestObject()', () => {
  it('asks for a login that is collected', async () => {
    const claims = await claimsOf({});
    expect(claims).toMatchObject({ purpose: 'auth', response_mode: 'collect' });
    expect(Object.keys(claims)).not.toEqual(expect.arrayContaining(['response_uri', 'visible_text']));
  });

  it('repeats the nonce of whoever fetched it, and says where the answer is posted', async () => {
    const directPost = { responseUri: 'https://login.clinic.example/answer', walletNonce: 'w'.repeat(43) };
    expect(await claimsOf({ launchers: ['redirect', 'scheme'], directPost })).toMatchObject({
      launchers: ['redirect', 'scheme'],
      response_mode: 'direct_post',
      response_uri: directPost.responseUri,
      wallet_nonce: directPost.walletNonce,
    });
  });

  it('asks for a signature of text and documents', async () => {
    const digest = new Uint8Array(32).fill(0xff);
    const documents = [{ label: 'Remiss.pdf', digestAlgorithm: 'sha256', digest }] as const;
    expect(await claimsOf({ signature: { visibleText: 'Jag skriver under.', documents } })).toMatchObject({
      purpose: 'sign',
      visible_text: 'Jag skriver under.',
      documents: [{ label: 'Remiss.pdf', digest_alg: 'sha256', digest: '__________________________________________8' }],
    });
  });

  it('takes the confirmation code that the page shows already', async () => {
    const confirmationCode = newConfirmationCode();
    expect(confirmationCode).toMatch(/^[2-9A-HJ-NP-Z]{4}$/);
    expect(await claimsOf({ confirmationCode })).toMatchObject({ confirmation_code: confirmationCode });
  });
});
