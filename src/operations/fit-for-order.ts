import { levelOfUri, type AssuranceLevel } from '../model/certificate.js';
import type { PromptUnfit } from '../model/prompt.js';
import type { AcceptedOrder } from '../oob/oob-service.js';
import { canSign, type TokenCertificate } from '../tokens/token.js';
import type { TokenEntry } from '../tokens/token-registry.js';
import type { Candidate, CertificateVerdict } from './candidates.js';

/** What an order can do with one certificate on a card. */
export type Fit =
  | { readonly candidate: Candidate }
  | { readonly unfit: PromptUnfit['reason']; readonly level: AssuranceLevel | undefined };

/** Whether a certificate fits what an order asks for; of several reasons against it the first in this order. */
export function fitForOrder(
  { token }: TokenEntry,
  { certificate, key }: TokenCertificate,
  order: AcceptedOrder,
  verdict: CertificateVerdict,
): Fit {
  const level = verdict.usable ? verdict.level : undefined;
  const against = (unfit: PromptUnfit['reason']): Fit => ({ unfit, level });
  if (!verdict.usable && verdict.reason === 'usage') return against('usage');
  if (order.user !== undefined && certificate.person.personId !== order.user) return against('person');
  if (!verdict.usable) return against(verdict.reason);
  const algorithm = key?.algorithms[0];
  if (token === undefined || !canSign(token) || key === undefined || algorithm === undefined) return against('no-key');
  if (!acceptsIssuer(order, certificate.issuer, verdict.testIssuer)) return against('issuer');
  if (!order.acrValues.some((uri) => levelOfUri(uri) === verdict.level)) return against('level');
  const id = `${token.info.id}/${certificate.fingerprint}`;
  return { candidate: { id, token, certificate, key, algorithm, level: verdict.level, chain: verdict.chain } };
}

/** A relying party that the user registered works with test issuers only. */
function acceptsIssuer(order: AcceptedOrder, issuer: string, testIssuer: boolean): boolean {
  if (order.relyingParty.source === 'user' && !testIssuer) return false;
  return [order.issuers, order.relyingParty.issuers].every((list) => list.length === 0 || list.includes(issuer));
}
