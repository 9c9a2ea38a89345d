import type { CertificateInfo } from '../../src/model/certificate.js';
import { parseCertificate } from '../../src/pki/certificate.js';

const parsed = new Map<string, CertificateInfo>();

/** {@link parseCertificate}, for tests that read the same cards hundreds of times: each certificate is parsed once. */
export const parseOnce: typeof parseCertificate = (der) => {
  const key = Buffer.from(der).toString('latin1');
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const info = parseCertificate(der);
  parsed.set(key, info);
  return info;
};
