import { z } from 'zod';
import type { RevocationState } from '../model/revocation.js';

const time = z.iso.datetime();

/** {@link RevocationState} */
export const revocationState = z.discriminatedUnion('status', [
  z.object({ status: z.literal('checking') }),
  z.object({ status: z.literal('good'), checkedAt: time, validUntil: time }),
  z.object({
    status: z.literal('revoked'),
    checkedAt: time,
    revokedAt: time,
    reason: z.string().optional(),
    certificate: z.enum(['leaf', 'issuer']),
  }),
  z.object({
    status: z.literal('unknown'),
    checkedAt: time,
    reason: z.enum(['no-address', 'host-not-listed', 'unreachable', 'response', 'not-valid', 'not-known']),
  }),
]) satisfies z.ZodType<RevocationState>;
