import { z } from 'zod';
import { doctorCheckNames } from '../../model/doctor.js';
import { document, fields, time, type JsonOutputs } from '../json-output.js';

const finding = z.object({
  code: z.string(),
  severity: z.enum(['fault', 'warning', 'fact']),
  fields,
  sentence: z.string(),
  nextStep: z.string().optional(),
});

/** What the commands write that look into something. */
export const lookOutputs: JsonOutputs = {
  doctor: document(
    z.object({
      time,
      instance: z.string(),
      checks: z.array(
        z.object({
          check: z.enum(doctorCheckNames),
          state: z.enum(['ok', 'warning', 'fault', 'notTried']),
          findings: z.array(finding),
          milliseconds: z.number(),
        }),
      ),
      written: z.object({ path: z.string(), bytes: z.int(), files: z.array(z.string()) }).optional(),
    }),
  ),
};
