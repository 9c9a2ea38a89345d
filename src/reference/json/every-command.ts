import { z } from 'zod';

/** A failure: on standard output, in place of what the command would have written, or after it. */
export const failureDocument = z.object({
  error: z.object({
    code: z.string().regex(/^ERR_/),
    message: z.string(),
    nextStep: z.string(),
    fields: z.record(z.string(), z.unknown()),
  }),
});

/** `kort --version --json` */
export const versionDocument = z.object({ version: z.string() });

/** `kort help … --json` and `--help --json` */
export const helpDocument = z.object({ help: z.string() });
