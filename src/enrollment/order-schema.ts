import { z } from 'zod';
import { sanitizeOutsideText } from '../core/outside-text.js';
import { certificateOrderKinds, type CertificateOrder } from '../model/certificate-order.js';
import type { KeySpec } from '../model/key.js';
import { unique } from '../oob/protocol.js';

const text = (longest: number) =>
  z
    .string()
    .max(longest)
    .transform((value) => sanitizeOutsideText(value))
    .pipe(z.string().min(1));

/** Absent, or null, as some servers write it. */
const optional = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);

const keySpecs: readonly string[] = ['rsa-2048', 'rsa-3072', 'rsa-4096', 'ec-p256', 'ec-p384'] satisfies KeySpec[];
const isKeySpec = (value: string): value is KeySpec => keySpecs.includes(value);
const kinds: readonly string[] = certificateOrderKinds;

/** The issuer's name for an order, and a segment of its addresses. */
export const orderIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

const orderSchema = z
  .object({
    id: orderIdSchema,
    kind: z.enum(certificateOrderKinds),
    person_id: text(64),
    holder: text(256),
    organization: optional(text(256)),
    issuer: text(512),
    level: optional(z.union([z.literal(2), z.literal(3)])),
    // A later issuer may take keys that nobody here knows.
    key_specs: z
      .array(z.string().max(64))
      .max(16)
      .transform((specs) => specs.filter(isKeySpec)),
    // A year of five digits, which an offset can make of 9999, is no ISO 8601 time any more.
    not_after: z.iso
      .datetime({ offset: true })
      .transform((value) => new Date(value).toISOString())
      .pipe(z.iso.datetime()),
    replaces: optional(z.string().regex(/^[0-9a-f]{64}$/)),
    card_number: optional(z.string().regex(/^[0-9A-Za-z ]{1,32}$/)),
  })
  .transform((order): CertificateOrder => ({
    id: order.id,
    kind: order.kind,
    personId: order.person_id,
    holder: order.holder,
    organization: order.organization,
    issuer: order.issuer,
    level: order.level,
    keySpecs: order.key_specs,
    notAfter: order.not_after,
    replaces: order.replaces,
    cardNumber: order.card_number,
  }));

/** Whether an order is of a kind that a later issuer may know and nobody here does; such ones are passed over. */
const isOfUnknownKind = (order: unknown): boolean => {
  const { data } = z.object({ kind: z.string() }).safeParse(order);
  return data !== undefined && !kinds.includes(data.kind);
};

/** What waits for a person, as its issuer tells it (docs/enrollment.md). */
export const ordersSchema = z.object({
  orders: z
    .array(z.unknown())
    .max(64)
    .transform((orders) => orders.filter((order) => !isOfUnknownKind(order)))
    .pipe(z.array(orderSchema).refine((orders) => unique(orders.map(({ id }) => id)), 'twice')),
});
