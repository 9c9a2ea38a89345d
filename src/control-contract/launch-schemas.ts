import { z } from 'zod';
import type { LaunchOutcome, LaunchProgress } from './launches.js';

const fields = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).optional());

/** {@link LaunchOutcome} */
export const launchOutcome = z.discriminatedUnion('status', [
  z.object({ status: z.literal('complete'), redirectUri: z.string().optional() }),
  z.object({
    status: z.literal('failed'),
    hintCode: z.string(),
    redirectUri: z.string().optional(),
    problem: z.object({ code: z.string(), fields }).optional(),
  }),
]) satisfies z.ZodType<LaunchOutcome>;

/** {@link LaunchProgress} */
export const launchProgress = z.object({
  relyingParty: z.object({ sv: z.string(), en: z.string() }),
  step: z.enum(['fetching', 'pending', 'delivering']),
  hint: z.string().optional(),
}) satisfies z.ZodType<LaunchProgress>;
