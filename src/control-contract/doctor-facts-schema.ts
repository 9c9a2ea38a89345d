import { z } from 'zod';
import type { DoctorFacts } from './doctor-facts.js';

/** What the daemon tells the doctor. */
export const doctorFacts: z.ZodType<DoctorFacts> = z.object({
  readers: z.array(z.object({ name: z.string(), atr: z.string().optional(), fastestCommandMs: z.number().optional() })),
});
