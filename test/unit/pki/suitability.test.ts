import { describe, expect, it } from 'vitest';
import type { CertificateInfo } from '../../../src/model/certificate.js';
import {
  clientAuthPurpose,
  isSuitableForAuthentication,
  isSuitableForSignature,
} from '../../../src/pki/suitability.js';

const email = '1.3.6.1.5.5.7.3.4';
const certificate = (
  keyUsage: CertificateInfo['keyUsage'],
  extendedKeyUsage: readonly string[] = [],
  isCa = false,
): CertificateInfo => ({ keyUsage, extendedKeyUsage, isCa }) as unknown as CertificateInfo;

describe('isSuitableForAuthentication() and isSuitableForSignature()', () => {
  it.each<[string, CertificateInfo, boolean, boolean]>([
    ['authentication', certificate(['digitalSignature', 'keyEncipherment'], [clientAuthPurpose]), true, false],
    ['authentication without its purpose', certificate(['digitalSignature']), false, false],
    ['a signature', certificate(['nonRepudiation']), false, true],
    ['a signature, with a purpose besides', certificate(['nonRepudiation'], [email]), false, true],
    ['a signature, with the purpose of logins', certificate(['nonRepudiation'], [clientAuthPurpose]), false, false],
    ['both', certificate(['digitalSignature', 'nonRepudiation'], [clientAuthPurpose]), false, false],
    ['both, without a purpose', certificate(['digitalSignature', 'nonRepudiation']), false, false],
    ['neither', certificate(['keyEncipherment'], [clientAuthPurpose]), false, false],
    ['nothing said', certificate([], [clientAuthPurpose]), false, false],
    ['a CA that authenticates', certificate(['digitalSignature'], [clientAuthPurpose], true), false, false],
    ['a CA that signs', certificate(['nonRepudiation'], [], true), false, false],
  ])('a certificate for %s', (_, given, login, signature) => {
    expect([isSuitableForAuthentication(given), isSuitableForSignature(given)]).toEqual([login, signature]);
  });
});
