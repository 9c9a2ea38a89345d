import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { MiddlewareError } from '../core/errors.js';
import type { AssuranceLevel } from '../model/certificate.js';
import type { PersonIssuer, TrustPolicy } from '../model/trust.js';
import { parseCertificate } from './certificate.js';

const level = z.union([z.literal(2), z.literal(3)]);
const schema = z.strictObject({
  anchors: z.array(z.string().max(16_384)).max(32).default([]),
  person_issuers: z
    .array(z.strictObject({ certificate: z.string().max(16_384), level }))
    .max(64)
    .default([]),
  level_by_policy: z.record(z.string().regex(/^[0-9]+(\.[0-9]+)+$/), level).default({}),
});

/** Who wrote a trust file: the administrator may name any issuer, the user those for tests only. */
export type TrustFileSource = 'system' | 'user';

/**
 * Reads one trust file (docs/relying-parties.md).
 *
 * @throws {MiddlewareError} ERR_CONFIG_INVALID when it is not of that shape, holds no certificate where one belongs, or
 *   when a file of the user names an issuer whose name does not start with `TEST `.
 */
export function parseTrustFile(text: string, source: TrustFileSource): TrustPolicy {
  const file = readShape(text);
  const personIssuers = file.person_issuers.map((entry) => personIssuer(entry.certificate, entry.level));
  if (source === 'user' && personIssuers.some(({ test }) => !test)) {
    throw new MiddlewareError('ERR_CONFIG_INVALID', 'A trust file of the user may name TEST issuers only');
  }
  return { anchors: file.anchors.map(derOf), personIssuers, levelByPolicy: file.level_by_policy };
}

function readShape(text: string): z.output<typeof schema> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new MiddlewareError('ERR_CONFIG_INVALID', 'Not a trust file', { cause });
  }
}

function personIssuer(pem: string, issuerLevel: AssuranceLevel): PersonIssuer {
  const certificate = derOf(pem);
  const { commonName } = parseCertificate(certificate).person;
  return { certificate, level: issuerLevel, test: commonName.startsWith('TEST ') };
}

function derOf(pem: string): Uint8Array {
  try {
    return new Uint8Array(new X509Certificate(pem).raw);
  } catch (cause) {
    throw new MiddlewareError('ERR_CONFIG_INVALID', 'Not a PEM certificate', { cause });
  }
}

/** The trust of several files together; a policy OID that two files give different levels keeps the first. */
export function joinTrust(policies: readonly TrustPolicy[]): TrustPolicy {
  return {
    anchors: policies.flatMap(({ anchors }) => anchors),
    personIssuers: policies.flatMap(({ personIssuers }) => personIssuers),
    levelByPolicy: Object.assign({}, ...policies.toReversed().map(({ levelByPolicy }) => levelByPolicy)) as Record<
      string,
      AssuranceLevel
    >,
  };
}
