import { z } from 'zod';
import type { ExpiryFinding, ExpiryReport, ExpiryWarning } from '../model/expiry.js';
import type { CertificateMethods } from './certificates.js';

const text = z.string().max(512);
const instant = z.iso.datetime();
const hex = z.string().regex(/^[0-9a-f]+$/);
const subject = z.enum(['certificate', 'issuer', 'card', 'relying-party-key', 'clock']);
const urgency = z.enum(['fine', 'soon', 'urgent', 'past']);
const threshold = z.strictObject({ kind: z.enum(['days', 'share']), value: z.int().min(0).max(100) });
const card = z.string().min(1).max(256);

const action = z.strictObject({
  kind: z.enum(['download', 'visit', 'call', 'none']),
  text: z.strictObject({ sv: text, en: text }).optional(),
  url: z
    .url({ protocol: /^https$/ })
    .max(2048)
    .optional(),
  phone: z.string().max(32).optional(),
});

const finding = z.strictObject({
  id: hex.length(12),
  series: hex.length(24),
  subject,
  name: z.string(),
  card: z.strictObject({ id: z.string(), label: z.string(), inserted: z.boolean() }).optional(),
  fingerprint: hex.length(64).optional(),
  purpose: z.enum(['auth', 'sign']).optional(),
  level: z.union([z.literal(2), z.literal(3)]).optional(),
  startsAt: instant.optional(),
  endsAt: instant,
  daysLeft: z.int(),
  threshold: threshold.optional(),
  urgency,
  decisive: z.boolean(),
  beside: z.strictObject({ subject, endsAt: instant }).optional(),
  clock: z
    .strictObject({
      problem: z.enum(['before-certificate', 'before-release', 'jumped-back', 'skewed']),
      seconds: z.int().optional(),
    })
    .optional(),
  action,
  snoozedUntil: instant.optional(),
}) satisfies z.ZodType<ExpiryFinding>;

const report = z.strictObject({ findings: z.array(finding), urgency }) satisfies z.ZodType<ExpiryReport>;

/** {@link ExpiryWarning} */
export const expiryWarning = z.strictObject({ finding, threshold }) satisfies z.ZodType<ExpiryWarning>;

type ExpiryMethod = Extract<keyof CertificateMethods, `expiry.${string}`>;

/** What the methods about ends take and give. */
export const expiryMethodSchemas = {
  'expiry.get': { params: z.strictObject({}), result: report },
  'expiry.snooze': {
    params: z.strictObject({ id: hex.min(4).max(12), days: z.int().min(1).max(30) }),
    result: report,
  },
  'expiry.cardEnds': {
    params: z.strictObject({ card: card.optional(), lastDay: z.iso.date().optional() }),
    result: report,
  },
  'expiry.forget': { params: z.strictObject({ card }), result: report },
  'expiry.shown': {
    params: z.strictObject({ ids: z.array(hex.length(12)).max(500) }),
    result: z.strictObject({}),
  },
} satisfies {
  readonly [M in ExpiryMethod]: {
    readonly params: z.ZodType<CertificateMethods[M]['params']>;
    readonly result: z.ZodType<CertificateMethods[M]['result']>;
  };
};
