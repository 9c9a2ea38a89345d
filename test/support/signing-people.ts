import { constants, privateEncrypt, type KeyObject } from 'node:crypto';
import { encodePkcs1, encodePss } from '../../src/cards/rsa-encoding.js';
import { systemClock } from '../../src/core/ports.js';
import type { KeyType } from '../../src/model/certificate.js';
import type { SignatureAlgorithm } from '../../src/model/signature.js';
import type { TrustPolicy } from '../../src/model/trust.js';
import { testPeople, type PersonRequest } from '../../src/sandbox/ca/person.js';
import { createSandboxCa, issuePerson, trustPolicyOf } from '../../src/sandbox/ca/sandbox-ca.js';
import { curveOf, signEcdsa } from '../../src/sandbox/virtual-card/ecdsa.js';

/** A person with a key of each kind, and the CA that issued all of it. */
export interface SigningPeople {
  readonly policy: TrustPolicy;
  /** DER of the root. */
  readonly root: Uint8Array;
  issue(request?: Partial<PersonRequest>): Promise<Signer>;
}

/** A signature certificate, or whatever was asked for, with its key. */
export interface Signer {
  /** DER, leaf first, root left out. */
  readonly chain: readonly [Uint8Array, Uint8Array];
  readonly privateKey: KeyObject;
}

/** A CA with elliptic-curve keys, which are made quickly. */
export async function createSigningPeople(): Promise<SigningPeople> {
  const ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
  return {
    policy: trustPolicyOf(ca),
    root: ca.authorities.root.certificate,
    async issue(request = {}) {
      const keyType: KeyType = request.keyType ?? 'ec-p256';
      const issued = await issuePerson(ca, { ...testPeople.tolvan, usage: 'signature', ...request, keyType });
      const [issuer] = issued.caCertificates;
      if (issuer === undefined) throw new Error('a person has an issuer');
      return { chain: [issued.certificate, issuer], privateKey: issued.privateKey };
    },
  };
}

/** A signature over a digest in the form in which a token gives it. */
export function signAsToken(key: KeyObject, algorithm: SignatureAlgorithm, digest: Uint8Array): Uint8Array {
  const curve = curveOf(key);
  if (curve !== undefined) return signEcdsa(key, curve, digest);
  const bytes = (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
  const block = algorithm === 'PS256' ? encodePss(digest, bytes) : encodePkcs1(digest, bytes);
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, block);
}
