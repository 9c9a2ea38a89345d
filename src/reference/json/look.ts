import { z } from 'zod';
import { historyEntry } from '../../control-contract/history-schema.js';
import { doctorCheckNames } from '../../model/doctor.js';
import { document, fields, lines, time, type JsonOutputs } from '../json-output.js';

const finding = z.object({
  code: z.string(),
  severity: z.enum(['fault', 'warning', 'fact']),
  fields,
  sentence: z.string(),
  nextStep: z.string().optional(),
});

const verified = z.object({
  intact: z.literal(true),
  entries: z.int(),
  first: z.int().optional(),
  head: z.string(),
  sequence: z.int(),
  written: z.enum(['kept', 'older']).optional(),
});

/** What the commands write that look into something. */
export const lookOutputs: JsonOutputs = {
  'history list': lines(historyEntry),
  'history verify': document(verified),
  'history export': {
    ...document(z.object({ file: z.string(), entries: z.int() })),
    other: { '-': lines(historyEntry), '- --csv': { kind: 'none', why: 'the table itself is written' } },
  },
  doctor: document(
    z.object({
      time,
      instance: z.string(),
      checks: z.array(
        z.object({
          check: z.enum(doctorCheckNames),
          state: z.enum(['ok', 'warning', 'fault', 'notTried']),
          findings: z.array(finding),
          durationMs: z.number(),
        }),
      ),
      written: z.object({ path: z.string(), bytes: z.int(), files: z.array(z.string()) }).optional(),
    }),
  ),
};
