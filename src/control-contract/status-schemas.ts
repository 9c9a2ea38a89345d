import { z } from 'zod';
import { revocationState } from './revocation-schema.js';
import type { DaemonStatus, StatusReport } from './status.js';

const instant = z.iso.datetime();

/** {@link DaemonStatus} */
export const daemonStatus = z.object({
  version: z.string(),
  pid: z.int(),
  instance: z.string(),
  sandbox: z.boolean(),
  startedAt: instant,
  loopback: z.object({
    port: z.int(),
    listening: z.boolean(),
    problemCode: z.string().optional(),
    owner: z.string().optional(),
  }),
  surfaces: z.int(),
  openOrders: z.int(),
  unfinishedDownloads: z.int().optional(),
  skippedFiles: z.int().optional(),
}) satisfies z.ZodType<DaemonStatus>;

const pin = z.object({
  reference: z.int(),
  role: z.enum(['authentication', 'signature']),
  attemptsRemaining: z.int().optional(),
  blocked: z.boolean(),
});

const certificate = z.object({
  fingerprint: z.string(),
  holder: z.string(),
  organization: z.string().optional(),
  issuer: z.string(),
  level: z.union([z.literal(2), z.literal(3)]).optional(),
  notBefore: instant,
  notAfter: instant,
  keyType: z.string(),
  keyBits: z.int(),
  purpose: z.enum(['auth', 'sign']).optional(),
  usable: z.boolean(),
  revocation: revocationState.optional(),
});

const token = z.object({
  id: z.string(),
  product: z.string(),
  serial: z.string(),
  label: z.string(),
  pins: z.array(pin),
  certificates: z.array(certificate),
});

const problem = z.object({
  code: z.string(),
  fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

/** {@link StatusReport} */
export const statusReport = z.object({
  daemon: daemonStatus,
  service: z.enum(['starting', 'available', 'absent', 'missing']),
  readers: z.array(
    z.object({
      name: z.string(),
      card: z.enum(['absent', 'present', 'mute', 'unresponsive']),
      sharing: z.enum(['unused', 'shared', 'exclusive']),
      token: token.optional(),
      sameAs: z.string().optional(),
      skipped: z.enum(['virtual', 'sam']).optional(),
      problem: problem.optional(),
    }),
  ),
}) satisfies z.ZodType<StatusReport>;
