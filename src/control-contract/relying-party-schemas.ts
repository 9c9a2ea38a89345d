import { z } from 'zod';
import type {
  RelyingPartyDetails,
  RelyingPartyFinding,
  RelyingPartyList,
  RelyingPartySummary,
} from './relying-parties.js';

/** {@link RelyingPartySummary} */
const relyingPartySummary = z.object({
  clientId: z.string(),
  displayName: z.object({ sv: z.string(), en: z.string() }),
  origins: z.array(z.string()),
  launchers: z.array(z.string()),
  source: z.enum(['system', 'user']),
  builtIn: z.boolean().optional(),
}) satisfies z.ZodType<RelyingPartySummary>;

/** {@link RelyingPartyList} */
export const relyingPartyList = z.object({
  relyingParties: z.array(relyingPartySummary),
  skipped: z
    .array(
      z.object({
        path: z.string(),
        reason: z.string().optional(),
        field: z.string().optional(),
        detail: z.string().optional(),
      }),
    )
    .optional(),
}) satisfies z.ZodType<RelyingPartyList>;

/** {@link RelyingPartyDetails} */
export const relyingPartyDetails = relyingPartySummary.extend({
  acrValues: z.array(z.string()),
  issuers: z.array(z.string()),
  purposes: z.array(z.string()),
  keys: z.array(z.object({ kid: z.string(), alg: z.string() })),
  endpoints: z.object({
    request: z.string().optional(),
    response: z.string().optional(),
    removal: z.string().optional(),
    keys: z.string().optional(),
    enrollment: z.object({ session: z.string(), orders: z.string(), est: z.string() }).optional(),
    caFile: z.string().optional(),
    pins: z.array(z.string()),
  }),
  unbound: z.boolean(),
  pinForEachDocument: z.boolean(),
}) satisfies z.ZodType<RelyingPartyDetails>;

/** {@link RelyingPartyFinding} */
export const relyingPartyFinding = z.object({
  check: z.enum(['entry', 'keys', 'origins', 'levels', 'issuers', 'endpoints', 'conflict', 'pages']),
  ok: z.boolean(),
  detail: z.string().optional(),
  field: z.string().optional(),
  reason: z.string().optional(),
}) satisfies z.ZodType<RelyingPartyFinding>;
