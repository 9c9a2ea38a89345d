import { z } from 'zod';
import { maxWaitSeconds } from './limits.js';

/** Longer than the base64url of 256 bits, so that a longer reference stays possible. */
const orderRef = z.string().min(1).max(128);

/** The bodies of the POST calls. Unknown fields are refused; none may ever carry a PIN. */
export const requestSchemas = {
  '/oob/v1/auth': z.strictObject({ request: z.string().min(1) }),
  '/oob/v1/collect': z.strictObject({ orderRef, waitSeconds: z.int().min(0).max(maxWaitSeconds).optional() }),
  '/oob/v1/cancel': z.strictObject({ orderRef }),
} as const;
