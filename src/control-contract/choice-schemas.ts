import { z } from 'zod';
import type { BrokenRuleFile, ChoiceExplanation, ChoiceRule } from '../model/certificate-choice.js';
import type { BackedUpCertificate, CertificateDetails } from './certificates.js';
import { revocationState } from './revocation-schema.js';

const name = z.string().min(1).max(256);
const time = z.iso.datetime();
const level = z.union([z.literal(2), z.literal(3)]);
const purpose = z.enum(['auth', 'sign']);
const fields = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const source = z.enum(['system', 'user']);

/** A fingerprint, or its beginning. */
const fingerprintPrefix = z.string().regex(/^[0-9a-f]{4,64}$/);

const rule = z.object({
  relyingParty: z.string().optional(),
  purpose: purpose.optional(),
  prefer: z.object({
    fingerprint: z.string().optional(),
    level: level.optional(),
    issuer: z.string().optional(),
    organization: z.string().optional(),
  }),
  source,
}) satisfies z.ZodType<ChoiceRule>;

/** What `certificate.prefer` takes. */
export const preferParams = z.strictObject({ fingerprint: fingerprintPrefix, clientId: name.optional() });

/** What `certificate.unprefer` takes. */
export const unpreferParams = z.strictObject({ clientId: name.optional() });

/** The rules as they are after a change. */
export const rulesNow = z.object({ rules: z.array(rule) });

/** What `certificate.why` takes. */
export const whyParams = z.strictObject({
  clientId: name,
  purpose: purpose.optional(),
  levels: z.array(level).min(1).max(2).optional(),
});

/** {@link ChoiceExplanation} */
export const choiceExplanation = z.object({
  relyingParty: z.object({ clientId: z.string(), name: z.object({ sv: z.string(), en: z.string() }) }),
  purpose,
  levels: z.array(level),
  certificates: z.array(
    z.object({
      fingerprint: z.string(),
      holder: z.string(),
      organization: z.string().optional(),
      issuer: z.string(),
      level: level.optional(),
      reader: z.string(),
      cardLabel: z.string(),
      notAfter: time,
      placedBy: z.enum(['rule-for-party', 'rule-for-all', 'usual', 'revoked']),
      unfit: z.enum(['level', 'expired', 'untrusted', 'usage', 'issuer', 'person', 'no-key']).optional(),
    }),
  ),
  chosen: z
    .object({
      fingerprint: z.string(),
      because: z.enum(['only-one', 'preferred', 'rule', 'last-time', 'first-on-card', 'by-user']),
    })
    .optional(),
  rules: z.array(rule),
  brokenFiles: z.array(z.object({ source, path: z.string(), fields }) satisfies z.ZodType<BrokenRuleFile>),
}) satisfies z.ZodType<ChoiceExplanation>;

/** {@link CertificateDetails} */
export const certificateDetails = z.object({
  fingerprint: z.string(),
  card: z.object({
    id: z.string(),
    product: z.string(),
    serial: z.string(),
    label: z.string(),
    reader: z.string(),
  }),
  holder: z.string(),
  organization: z.string().optional(),
  personId: z.string().optional(),
  cardNumber: z.string().optional(),
  subject: z.string(),
  issuer: z.string(),
  serialNumber: z.string(),
  level: level.optional(),
  notBefore: time,
  notAfter: time,
  keyType: z.string(),
  keyBits: z.int(),
  keyUsage: z.array(z.string()),
  extendedKeyUsage: z.array(z.string()),
  policies: z.array(z.string()),
  purpose: purpose.optional(),
  usable: z.boolean(),
  isCa: z.boolean(),
  revocation: revocationState.optional(),
  preferred: z.boolean(),
}) satisfies z.ZodType<CertificateDetails>;

/** {@link BackedUpCertificate} */
export const backedUpCertificate = z.object({
  fingerprint: z.string(),
  holder: z.string(),
  issuer: z.string(),
  notAfter: time,
  token: z.string(),
  cardLabel: z.string(),
  removedAt: time,
  keyKept: z.boolean(),
}) satisfies z.ZodType<BackedUpCertificate>;
