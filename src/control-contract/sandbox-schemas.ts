import { z } from 'zod';
import { certificateOrderKinds, type CertificateOrder } from '../model/certificate-order.js';
import { sandboxRevocationReasons } from '../model/sandbox-revocation-reason.js';
import type { SandboxFault, SandboxKey, SandboxReport } from './sandbox.js';
import { issuerFaults } from '../model/issuer-fault.js';

const milliseconds = z.int().min(0).max(60_000);
const command = z.int().min(1).max(10_000);
const statusWord = z.int().min(0).max(0xffff);

/** {@link SandboxFault} */
export const sandboxFault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('remove'), when: z.enum(['before', 'after']), command }),
  z.strictObject({ kind: z.literal('delay'), milliseconds, signatureMilliseconds: milliseconds.optional() }),
  z.strictObject({ kind: z.literal('real-card') }),
  z.strictObject({ kind: z.literal('silence'), command }),
  z.strictObject({ kind: z.literal('status'), statusWord, command }),
  z.strictObject({ kind: z.literal('status-after'), statusWord, command }),
  z.strictObject({ kind: z.literal('short'), length: z.union([z.literal(0), z.literal(1)]), command }),
  z.strictObject({ kind: z.literal('reset'), command }),
]) satisfies z.ZodType<SandboxFault>;

/** {@link SandboxKey} */
export const sandboxKey = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('digits'), digits: z.string().regex(/^\d{1,16}$/) }),
  z.strictObject({ kind: z.enum(['ok', 'cancel', 'timeout']) }),
]) satisfies z.ZodType<SandboxKey>;

/** {@link SandboxReport} */
export const sandboxReport = z.object({
  readers: z.array(
    z.object({
      name: z.string(),
      card: z.string().optional(),
      apduCount: z.int().optional(),
      pinPad: z.object({ asksFor: z.enum(['pin', 'current-pin', 'new-pin', 'confirmation']).optional() }).optional(),
      faults: z.array(sandboxFault).optional(),
    }),
  ),
  cards: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      holder: z.string(),
      level: z.union([z.literal(2), z.literal(3)]).optional(),
      reader: z.string().optional(),
      revoked: z.object({ at: z.iso.datetime(), reason: z.enum(sandboxRevocationReasons) }).optional(),
    }),
  ),
  pcscSocket: z.string().optional(),
  caFile: z.string().optional(),
  revocationUrl: z.string().optional(),
  issuer: z
    .object({
      url: z.string(),
      fault: z.enum(issuerFaults),
      orders: z.array(
        z.object({ id: z.string(), kind: z.enum(certificateOrderKinds), card: z.string(), holder: z.string() }),
      ),
    })
    .optional(),
  movedFrom: z.string().optional(),
}) satisfies z.ZodType<SandboxReport>;

/** {@link CertificateOrder} */
export const certificateOrder = z.object({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  kind: z.enum(certificateOrderKinds),
  personId: z.string(),
  holder: z.string(),
  organization: z.string().optional(),
  issuer: z.string(),
  level: z.union([z.literal(2), z.literal(3)]).optional(),
  keySpecs: z.array(z.enum(['rsa-2048', 'rsa-3072', 'rsa-4096', 'ec-p256', 'ec-p384'])),
  notAfter: z.iso.datetime(),
  replaces: z.string().optional(),
  cardNumber: z.string().optional(),
}) satisfies z.ZodType<CertificateOrder>;
