import { z } from 'zod';
import type { CertificateEvents, CertificateMethods } from './certificates.js';

const loose = <T>() => z.custom<T>(() => true);
type P<M extends keyof CertificateMethods> = CertificateMethods[M]['params'];
type R<M extends keyof CertificateMethods> = CertificateMethods[M]['result'];
const method = <M extends keyof CertificateMethods>() => ({ params: loose<P<M>>(), result: loose<R<M>>() });

/** What the methods about certificates take and give. */
export const certificateMethodSchemas: {
  readonly [M in keyof CertificateMethods]: { readonly params: z.ZodType<P<M>>; readonly result: z.ZodType<R<M>> };
} = {
  'certificate.list': method<'certificate.list'>(),
  'certificate.backups': method<'certificate.backups'>(),
  'certificate.inventory': method<'certificate.inventory'>(),
  'certificate.prefer': method<'certificate.prefer'>(),
  'certificate.unprefer': method<'certificate.unprefer'>(),
  'certificate.why': method<'certificate.why'>(),
  'issuer.list': method<'issuer.list'>(),
  'issuer.signIn': method<'issuer.signIn'>(),
  'issuer.signOut': method<'issuer.signOut'>(),
  'download.list': method<'download.list'>(),
  'card.begin': method<'card.begin'>(),
  'card.run': method<'card.run'>(),
  'card.cancel': method<'card.cancel'>(),
  'expiry.get': method<'expiry.get'>(),
  'expiry.snooze': method<'expiry.snooze'>(),
};

/** What the events about them carry. */
export const certificateEventSchemas: { readonly [E in keyof CertificateEvents]: z.ZodType<CertificateEvents[E]> } = {
  'issuer.progress': loose<CertificateEvents['issuer.progress']>(),
  'card.progress': loose<CertificateEvents['card.progress']>(),
  'expiry.warning': loose<CertificateEvents['expiry.warning']>(),
};
