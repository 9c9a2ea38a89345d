import { z } from 'zod';
import { cardWorkEventSchemas, cardWorkMethodSchemas } from './card-work-schemas.js';
import {
  backedUpCertificate,
  certificateDetails,
  choiceExplanation,
  preferParams,
  rulesNow,
  unpreferParams,
  whyParams,
} from './choice-schemas.js';
import { expiryMethodSchemas, expiryWarning } from './expiry-schemas.js';
import { inventoryMethodSchemas } from './inventory-schemas.js';
import type { CertificateEvents, CertificateMethods } from './certificates.js';

type P<M extends keyof CertificateMethods> = CertificateMethods[M]['params'];
type R<M extends keyof CertificateMethods> = CertificateMethods[M]['result'];

/** What the methods about certificates take and give. */
export const certificateMethodSchemas: {
  readonly [M in keyof CertificateMethods]: { readonly params: z.ZodType<P<M>>; readonly result: z.ZodType<R<M>> };
} = {
  'certificate.list': { params: z.strictObject({}), result: z.object({ certificates: z.array(certificateDetails) }) },
  'certificate.backups': { params: z.strictObject({}), result: z.object({ backups: z.array(backedUpCertificate) }) },
  ...inventoryMethodSchemas,
  'certificate.prefer': { params: preferParams, result: rulesNow },
  'certificate.unprefer': { params: unpreferParams, result: rulesNow },
  'certificate.why': { params: whyParams, result: choiceExplanation },
  ...cardWorkMethodSchemas,
  ...expiryMethodSchemas,
};

/** What the events about them carry. */
export const certificateEventSchemas: { readonly [E in keyof CertificateEvents]: z.ZodType<CertificateEvents[E]> } = {
  ...cardWorkEventSchemas,
  'expiry.warning': expiryWarning,
};
