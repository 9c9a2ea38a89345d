import { z } from 'zod';
import type { AlgorithmUse, InventoryEntry } from '../model/certificate-inventory.js';
import type { CertificateMethods } from './certificates.js';

const text = z.string().max(512);

const algorithmUse: z.ZodType<AlgorithmUse> = z.strictObject({
  name: text.min(1),
  /** Empty for a JSON Web Key of a kind without a known one. */
  oid: z.string().regex(/^(\d+(\.\d+)+)?$/),
  bits: z.int().positive().optional(),
  quantumVulnerable: z.boolean().optional(),
}) as z.ZodType<AlgorithmUse>;

const inventoryEntry: z.ZodType<InventoryEntry> = z.strictObject({
  where: z.enum(['card', 'issuer', 'relying-party']),
  name: text,
  cardLabel: text.optional(),
  fingerprint: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  key: algorithmUse,
  signature: algorithmUse.optional(),
  second: algorithmUse.optional(),
  use: z.array(z.enum(['login', 'signature', 'encryption', 'ca', 'request-signing'])),
  notAfter: z.iso.datetime().optional(),
  quantumVulnerable: z.enum(['yes', 'hybrid', 'no', 'unknown']),
});

/** What `certificate.inventory` takes and gives. */
export const inventoryMethodSchemas: {
  readonly [M in 'certificate.inventory']: {
    readonly params: z.ZodType<CertificateMethods[M]['params']>;
    readonly result: z.ZodType<CertificateMethods[M]['result']>;
  };
} = {
  'certificate.inventory': { params: z.strictObject({}), result: z.object({ entries: z.array(inventoryEntry) }) },
};
