import type { SandboxIssuerReport } from '../../control-contract/sandbox.js';
import { commandMessages, type CommandMessages } from '../../messages/commands.js';
import type { CertificateOrderKind } from '../../model/certificate-order.js';
import { withClient, writeJson, writeLines, type Command } from '../context.js';
import { screenText } from '../../terminal/layout/screen-text.js';
import type { IssuerFault } from '../../model/issuer-fault.js';

/** `kort sandbox order CARD` */
export function orderCommand(card: string, kind: CertificateOrderKind): Command {
  return async (context) => {
    const { order } = await withClient(context, (client) => client.request('sandbox.order', { card, kind }));
    if (context.json) writeJson(context, { order });
    else writeLines(context, [screenText(commandMessages[context.language].sandboxOrdered(order.kind, order.holder))]);
    return 0;
  };
}

/** `kort sandbox issuer [--fault KIND]` */
export function issuerCommand(fault: IssuerFault | undefined): Command {
  return async (context) => {
    const issuer = await withClient(context, async (client) => {
      if (fault !== undefined) await client.request('sandbox.issuerFault', { fault });
      return (await client.request('sandbox.list', {})).issuer;
    });
    if (context.json) writeJson(context, { issuer });
    else writeLines(context, issuerLines(issuer, commandMessages[context.language]).map(screenText));
    return 0;
  };
}

/** The issuer of a sandbox, how it is, and what waits there; nothing for a sandbox without one. */
export function issuerLines(
  issuer: SandboxIssuerReport | undefined,
  words: Pick<CommandMessages, 'sandboxIssuer' | 'sandboxOrder' | 'issuerFault' | 'issuerWorks'>,
): readonly string[] {
  if (issuer === undefined) return [];
  const { url, fault, orders } = issuer;
  return [
    words.sandboxIssuer(url),
    ...orders.map(({ kind, holder, card }) => `  ${words.sandboxOrder(kind, holder, card)}`),
    `  ${fault === 'none' ? words.issuerWorks : words.issuerFault(fault)}`,
  ];
}
