import { z } from 'zod';
import { maxWaitSeconds } from './limits.js';

/** Longer than the base64url of 256 bits, so that a longer reference stays possible. */
const orderRef = z.string().min(1).max(128);
const ask = z.strictObject({ request: z.string().min(1) });

/** The bodies of the POST calls. Unknown fields are refused; none may ever carry a PIN. */
export const requestSchemas = {
  '/oob/v1/auth': ask,
  '/oob/v1/sign': ask,
  '/oob/v1/collect': z.strictObject({ orderRef, waitSeconds: z.int().min(0).max(maxWaitSeconds).optional() }),
  '/oob/v1/cancel': z.strictObject({ orderRef }),
} as const;
export type PostPath = keyof typeof requestSchemas;

/** The query of /start: opaque ids, never an address to call. The alphabets are those of the registry and the protocol. */
export const startQuery = z.strictObject({
  client_id: z.string().regex(/^[\x21-\x7e]{1,255}$/),
  ref: z.string().regex(/^[A-Za-z0-9_-]{22,128}$/),
});

/** The waiting page's address: 256 bits, base64url, and the state that the page that is refreshed has shown. */
export const waitParameters = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  seen: z
    .string()
    .regex(/^[a-zA-Z]{1,40}$/)
    .optional(),
});
