import { createPublicKey, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DownloadRecord } from '../../../../src/model/download.js';
import { makeRequest, storeAndProve } from '../../../../src/operations/download/visits.js';
import { parseCertificate } from '../../../../src/pki/certificate.js';
import { readCertificateRequest } from '../../../../src/pki/read-certificate-request.js';
import { signEcdsa } from '../../../../src/sandbox/virtual-card/ecdsa.js';
import type { OpenedCard, TokenCertificate } from '../../../../src/tokens/token.js';
import { testOrder } from '../../../support/download-stage.js';
import { selfSigned } from '../../../support/self-signed-certificate.js';

/** A card of one key, which writes down what is done to it; it signs with `signs`, whatever it made. */
class OneKeyCard implements OpenedCard {
  readonly calls: string[] = [];
  found = true;
  held: TokenCertificate[] = [];
  readonly #signs: KeyObject;

  constructor(signs: KeyObject) {
    this.#signs = signs;
  }

  generateKeyPair(): ReturnType<OpenedCard['generateKeyPair']> {
    this.calls.push('generate');
    const publicKey = createPublicKey(this.#signs).export({ format: 'der', type: 'spki' });
    return Promise.resolve({ reference: 7, publicKey: new Uint8Array(publicKey) });
  }
  findKey(): ReturnType<OpenedCard['findKey']> {
    return Promise.resolve(this.found ? { reference: 7, hasCertificate: this.held.length > 0 } : undefined);
  }
  removeKey(): Promise<void> {
    this.calls.push('removeKey');
    return Promise.resolve();
  }
  sign({ digest, algorithm }: Parameters<OpenedCard['sign']>[0]): Promise<Uint8Array> {
    this.calls.push(`sign ${algorithm}`);
    return Promise.resolve(signEcdsa(this.#signs, 'prime256v1', digest));
  }
  storeCertificate({ keyReference, der }: Parameters<OpenedCard['storeCertificate']>[0]): Promise<void> {
    this.calls.push(`store at ${keyReference}`);
    const key = { reference: keyReference } as NonNullable<TokenCertificate['key']>;
    this.held.push({ certificate: parseCertificate(der), key });
    return Promise.resolve();
  }
  removeCertificate({ keepKey }: Parameters<OpenedCard['removeCertificate']>[0]): Promise<void> {
    this.calls.push(`remove, key ${keepKey ? 'kept' : 'too'}`);
    this.held = [];
    return Promise.resolve();
  }
  certificates(): Promise<readonly TokenCertificate[]> {
    return Promise.resolve(this.held);
  }
}

const own = selfSigned('TEST Tolvan', 'p256');
const other = selfSigned('TEST Tretton', 'p256');
const certificate = parseCertificate(own.der);

const record = (more: Partial<DownloadRecord> = {}): DownloadRecord => ({
  id: '00000000-0000-4000-8000-000000000001',
  step: 'issued',
  startedAt: '2026-01-01T00:00:00.000Z',
  issuer: 'urn:test:issuer',
  token: 'card:01',
  cardLabel: 'TEST',
  order: testOrder(),
  keySpec: 'ec-p256',
  keyId: '00112233445566778899aabbccddeeff',
  keepReplaced: false,
  keyReference: 9,
  ...more,
});
const steps: string[] = [];
const store = (card: OpenedCard, more: Partial<DownloadRecord> = {}): Promise<void> =>
  storeAndProve(card, record(more), certificate, { onStep: (step) => void steps.push(step) });

describe('makeRequest()', () => {
  it('makes the key anew and has it sign a request without a name', async () => {
    const card = new OneKeyCard(own.privateKey);
    const { keyReference, request } = await makeRequest(card, record());
    expect(card.calls).toEqual(['removeKey', 'generate', 'sign ES256']);
    expect(keyReference).toBe(7);
    const read = await readCertificateRequest(request);
    expect(read).toMatchObject({
      spkiSha256: certificate.spkiSha256,
      subject: { text: '' },
      subjectAltName: undefined,
    });
  });

  it('names whom the renewed certificate names', async () => {
    const card = new OneKeyCard(own.privateKey);
    card.held = [{ certificate }];
    const order = testOrder({ kind: 'renewal', replaces: certificate.fingerprint });
    const { request } = await makeRequest(card, record({ order }));
    expect((await readCertificateRequest(request)).subject.text).toBe(certificate.subject);
  });
});

describe('storeAndProve()', () => {
  it('stores beside the key, and has it sign', async () => {
    const card = new OneKeyCard(own.privateKey);
    steps.length = 0;
    await store(card);
    expect(card.calls).toEqual(['store at 7', 'sign ES256']);
    expect(steps).toEqual(['storing', 'proving']);
  });

  it('stores nothing that is there already, and proves it all the same', async () => {
    const card = new OneKeyCard(own.privateKey);
    await store(card);
    card.calls.length = 0;
    await store(card);
    expect(card.calls).toEqual(['sign ES256']);
  });

  it('takes a certificate off again that the key does not belong to', async () => {
    const card = new OneKeyCard(other.privateKey);
    await expect(store(card)).rejects.toMatchObject({ code: 'ERR_DOWNLOAD_PROOF', fields: { reason: 'signature' } });
    expect(card.calls).toEqual(['store at 7', 'sign ES256', 'remove, key kept']);
  });

  it('writes to no key that it cannot find before that has proved itself', async () => {
    const card = new OneKeyCard(other.privateKey);
    card.found = false;
    await expect(store(card)).rejects.toMatchObject({ code: 'ERR_DOWNLOAD_PROOF' });
    expect(card.calls).toEqual(['sign ES256']);
    const right = new OneKeyCard(own.privateKey);
    right.found = false;
    await store(right);
    expect(right.calls).toEqual(['sign ES256', 'store at 9', 'sign ES256']);
  });

  it('does not believe a card that has not kept what it stored', async () => {
    const card = new OneKeyCard(own.privateKey);
    card.certificates = () => Promise.resolve([]);
    await expect(store(card)).rejects.toMatchObject({ code: 'ERR_DOWNLOAD_PROOF', fields: { reason: 'not-stored' } });
  });

  it('keeps no proof for the next time: each has its own challenge', async () => {
    const digests: string[] = [];
    const card = new OneKeyCard(own.privateKey);
    const sign = card.sign.bind(card);
    card.sign = (request) => {
      digests.push(Buffer.from(request.digest).toString('hex'));
      return sign(request);
    };
    await store(card);
    await store(card);
    expect(new Set(digests).size).toBe(2);
  });
});
