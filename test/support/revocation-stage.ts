import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyType } from '../../src/model/certificate.js';
import { parseCertificate } from '../../src/pki/certificate.js';
import { buildPath, type CertificatePath } from '../../src/pki/path.js';
import { testPeople } from '../../src/sandbox/ca/person.js';
import { RevocationBook } from '../../src/sandbox/ca/revocation-book.js';
import { openSandboxRevocation, type SandboxRevocation } from '../../src/sandbox/ca/sandbox-revocation.js';
import {
  createSandboxCa,
  issuePerson,
  trustPolicyOf,
  type IssuedCertificate,
  type SandboxCa,
} from '../../src/sandbox/ca/sandbox-ca.js';

/** A sandbox CA whose revocation server runs on a port of its own, and a person's certificate of it. */
export interface RevocationStage {
  readonly folder: string;
  readonly ca: SandboxCa;
  readonly revocation: SandboxRevocation;
  readonly base: string;
  readonly tolvan: IssuedCertificate;
  readonly path: CertificatePath;
  /** Milliseconds that the CA's clock is ahead; the tests set it. */
  readonly clock: { now: () => number; monotonic: () => number; ahead: number };
  close(): Promise<void>;
}

export async function createRevocationStage(keyType: KeyType = 'ec-p256'): Promise<RevocationStage> {
  const folder = mkdtempSync(join(tmpdir(), 'kort-revocation-'));
  const clock = { now: () => Date.now() + clock.ahead, monotonic: () => 0, ahead: 0 };
  const book = new RevocationBook(join(folder, 'revocation.json'));
  const revocation = await openSandboxRevocation(book, clock, freePort());
  const base = revocation.base!;
  const ca = await createSandboxCa({ clock, keyType, revocationBase: base });
  revocation.serve(ca);
  const tolvan = await issuePerson(ca, { ...testPeople.tolvan, keyType: 'ec-p256' });
  book.record('tolvan', tolvan.authority, tolvan.certificate);
  const path = buildPath(parseCertificate(tolvan.certificate), trustPolicyOf(ca), clock.now());
  return {
    folder,
    ca,
    revocation,
    base,
    tolvan,
    path,
    clock,
    close: async () => {
      await revocation.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Somewhere below the ports that systems give out by themselves; the server takes the next free one. */
const freePort = (): number => 20_000 + Math.floor(Math.random() * 10_000);

/** Writes a certificate as PEM; returns the path. */
export function writePem(folder: string, name: string, ...certificates: readonly Uint8Array[]): string {
  const path = join(folder, `${name}.pem`);
  const pem = certificates.map((der) => {
    const lines =
      Buffer.from(der)
        .toString('base64')
        .match(/.{1,64}/g) ?? [];
    return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
  });
  writeFileSync(path, pem.join(''));
  return path;
}
