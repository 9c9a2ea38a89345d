import type { X509Certificate } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseCertificate } from '../../src/pki/certificate.js';
import { evaluateCertificate } from '../../src/pki/path.js';
import { trustPolicyOf } from '../../src/sandbox/ca/sandbox-ca.js';
import { base64, certificateIn, IssuerStage, type BasicCredential, type StageAnswer } from '../support/issuer-stage.js';

let stage: IssuerStage;
let credential: BasicCredential;
let order: string;
let request: string;
beforeAll(async () => {
  stage = await IssuerStage.open();
  credential = await stage.logIn('tolvan');
});
beforeEach(async () => {
  order = await stage.orderOf(credential, 'extra');
  request = base64((await stage.request()).der);
});
afterEach(() => stage.issuer.reset());
afterAll(async () => await stage.close());

const enroll = async (): Promise<StageAnswer> => await stage.enroll(`${order}/simpleenroll`, request, { credential });
const isOpen = async (): Promise<boolean> => (await stage.ordersOf(credential)).some(({ id }) => id === order);
/** How the issuer's CA judges what it gave. */
const verdictOn = (certificate: X509Certificate) =>
  evaluateCertificate(parseCertificate(certificate.raw), trustPolicyOf(stage.ca), Date.now());

/** After the fault the same request gets what it should have got: its one certificate. */
async function expectRecovery(): Promise<X509Certificate> {
  stage.issuer.setFault('none');
  const certificate = certificateIn(await enroll());
  expect(verdictOn(certificate).trusted).toBe(true);
  expect(certificateIn(await enroll()).serialNumber).toBe(certificate.serialNumber);
  return certificate;
}

describe('a fault of the issuer', () => {
  it('down resets connections, old and new ones', async () => {
    const { port } = new URL(stage.url);
    const open = connect(Number(port), '127.0.0.1');
    await new Promise((resolve) => open.once('connect', resolve));
    const ended = new Promise<string>((resolve) => {
      open.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? ''));
      open.once('close', () => resolve('closed'));
    });
    stage.issuer.setFault('down');
    expect(await ended).toBe('ECONNRESET');
    await expect(stage.call('/.well-known/est/cacerts')).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expectRecovery();
  });

  it('garbage is no CMS, and nothing was issued', async () => {
    stage.issuer.setFault('garbage');
    const answer = await enroll();
    expect(answer.status).toBe(200);
    expect(() => certificateIn(answer)).toThrow();
    expect(await isOpen()).toBe(true);
    await expectRecovery();
  });

  it.each(['cut', 'sign-and-hang-up'] as const)('%s has issued: the same request gets it afterwards', async (fault) => {
    stage.issuer.setFault(fault);
    await expect(enroll()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await isOpen()).toBe(false);
    const before = stage.book.certificatesOf('tolvan').length;
    const certificate = await expectRecovery();
    expect(stage.book.certificatesOf('tolvan')).toHaveLength(before);
    expect(Buffer.from(stage.book.certificatesOf('tolvan').at(-1)!)).toEqual(certificate.raw);
  });

  it('cut sends a part of the answer first', async () => {
    stage.issuer.setFault('cut');
    const length = await new Promise<number>((resolve, reject) => {
      const headers = { 'content-type': 'application/pkcs10' };
      const call = stage.open(
        `/.well-known/est/${order}/simpleenroll`,
        { credential, headers, body: request },
        (response) => {
          let got = 0;
          response.on('data', (chunk: Buffer) => (got += chunk.length));
          response.on('error', () => resolve(got));
          response.on('end', () => reject(new Error('whole')));
        },
      );
      call.on('error', () => undefined);
    });
    expect(length).toBeGreaterThan(100);
  });

  it('slow has issued when it begins to wait', async () => {
    stage.issuer.setFault('slow');
    const answer = enroll().catch((error: unknown) => error);
    await vi.waitFor(async () => expect(await isOpen()).toBe(false), { timeout: 40_000 });
    const kept = certificateIn(await (stage.issuer.setFault('none'), enroll()));
    // A waiting answer must not keep a daemon from ending.
    await stage.restart();
    expect(await answer).toBeInstanceOf(Error);
    credential = await stage.logIn('tolvan');
    expect(certificateIn(await enroll()).serialNumber).toBe(kept.serialNumber);
  });

  it('other-key certifies a key that nobody asked for', async () => {
    stage.issuer.setFault('other-key');
    const wrong = certificateIn(await enroll());
    expect(verdictOn(wrong).trusted).toBe(true);
    const right = await expectRecovery();
    expect(wrong.publicKey.equals(right.publicKey)).toBe(false);
    expect(wrong.subject).toBe(right.subject);
  });

  it('other-person certifies the right key for somebody else', async () => {
    stage.issuer.setFault('other-person');
    const wrong = certificateIn(await enroll());
    const right = await expectRecovery();
    expect(wrong.publicKey.equals(right.publicKey)).toBe(true);
    expect(wrong.subject).toContain('Tretton Trettonsson');
  });

  it('untrusted signs with a CA that has the right name only', async () => {
    stage.issuer.setFault('untrusted');
    const wrong = certificateIn(await enroll());
    expect(verdictOn(wrong)).toMatchObject({ trusted: false, problem: 'issuer-unknown' });
    const right = await expectRecovery();
    expect(wrong.issuer).toBe(right.issuer);
  });

  it('refuse says so in words', async () => {
    stage.issuer.setFault('refuse');
    const answer = await enroll();
    expect(answer.status).toBe(403);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.text).toBe('The issuer has decided not to issue this certificate.\n');
    await expectRecovery();
  });

  it('retry-later puts off twice, and then issues', async () => {
    stage.issuer.setFault('retry-later');
    for (const _ of [1, 2]) {
      expect(await enroll()).toMatchObject({ status: 202, headers: { 'retry-after': '1' } });
      expect(await isOpen()).toBe(true);
    }
    certificateIn(await enroll());
    stage.issuer.setFault('retry-later');
    expect((await enroll()).status).toBe(202);
  });

  it('is taken away by reset()', () => {
    stage.issuer.setFault('refuse');
    stage.issuer.reset();
    expect(stage.issuer.fault).toBe('none');
  });
});
