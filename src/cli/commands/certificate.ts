import type { BackedUpCertificate } from '../../control-contract/certificates.js';
import { certificateMessages } from '../../messages/certificate.js';
import type { Purpose } from '../../model/relying-party.js';
import { backupTexts } from '../../terminal/texts/backup-texts.js';
import { listedTexts } from '../../terminal/texts/certificate-texts.js';
import { explanationTexts, ruleTexts } from '../../terminal/texts/choice-texts.js';
import { detailsTexts } from '../../terminal/texts/details-rows.js';
import { findCertificate } from '../../terminal/texts/find-certificate.js';
import { inventoryTexts } from '../../terminal/texts/inventory-texts.js';
import { writeMarked } from '../write-marked.js';
import { marked } from '../../terminal/layout/marked-text.js';
import { withClient, writeJson, writeLines, type Command, type CommandContext } from '../context.js';
import { instanceOption } from '../../terminal/look.js';

/** `kort certificate list`: every certificate of every inserted card. */
export const listCertificates: Command = async (context) => {
  const answer = await withClient(context, (client) => client.request('certificate.list', {}));
  const { certificates } = answer;
  const words = certificateMessages[context.language];
  if (context.json) writeJson(context, answer);
  else if (certificates.length === 0) writeLines(context, [words.none]);
  else {
    const texts = certificates.flatMap((one) => listedTexts(one, context));
    writeMarked(context, [...texts, marked(''), marked(words.howToGoOn(instanceOption(context)))]);
  }
  return 0;
};

/** `kort certificate show` */
export function showCertificate(fingerprint: string): Command {
  return async (context) => {
    const found = await withClient(context, (client) => findCertificate(client, fingerprint));
    if (context.json) writeJson(context, found);
    else writeMarked(context, detailsTexts(found, context.language));
    return 0;
  };
}

/** `kort certificate export`: one certificate in PEM (RFC 7468 §5), to standard output or a file. */
export function exportCertificate(fingerprint: string, file: string | undefined): Command {
  return async (context) => {
    const found = await withClient(context, (client) => client.request('certificate.export', { fingerprint }));
    const lines = found.der.match(/.{1,64}/g) ?? [];
    const pem = ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
    if (file !== undefined) await context.ports.writeTextFile(file, pem);
    if (context.json) writeJson(context, { fingerprint: found.fingerprint, pem, file });
    else if (file === undefined) context.ports.out.write(pem);
    else writeMarked(context, [marked(certificateMessages[context.language].exported(file))]);
    return 0;
  };
}

/** `kort certificate backups`: what was removed and is kept. */
export const listBackups: Command = async (context) => {
  const answer = await withClient(context, (client) => client.request('certificate.backups', {}));
  if (context.json) writeJson(context, answer);
  else if (answer.backups.length === 0) writeLines(context, [certificateMessages[context.language].backupsNone]);
  else
    writeMarked(
      context,
      answer.backups.flatMap((backup) => backupTexts(backup, context.language, canReturnText(backup, context))),
    );
  return 0;
};

function canReturnText({ keyKept }: BackedUpCertificate, context: CommandContext): string {
  const words = certificateMessages[context.language];
  return keyKept ? words.canReturn(instanceOption(context)) : words.cannotReturn;
}

/** `kort certificate prefer`: for one service, or for all. */
export function preferCertificate(fingerprint: string, clientId: string | undefined): Command {
  return async (context) => {
    const answer = await withClient(context, async (client) => {
      const found = await findCertificate(client, fingerprint);
      return await client.request('certificate.prefer', { fingerprint: found.fingerprint, clientId });
    });
    if (context.json) writeJson(context, answer);
    else {
      const words = certificateMessages[context.language];
      writeMarked(context, [marked(words.preferredNow), ...ruleTexts(answer.rules, context)]);
    }
    return 0;
  };
}

/** `kort certificate unprefer` */
export function unpreferCertificate(clientId: string | undefined): Command {
  return async (context) => {
    const answer = await withClient(context, (client) => client.request('certificate.unprefer', { clientId }));
    if (context.json) writeJson(context, answer);
    else {
      const words = certificateMessages[context.language];
      writeMarked(context, [marked(words.unpreferredNow), ...ruleTexts(answer.rules, context)]);
    }
    return 0;
  };
}

/** `kort certificate why`: what a login of a service would offer now. */
export function explainChoice(clientId: string, purpose: Purpose): Command {
  return async (context) => {
    const answer = await withClient(context, (client) => client.request('certificate.why', { clientId, purpose }));
    if (context.json) writeJson(context, answer);
    else writeMarked(context, explanationTexts(answer, context));
    return 0;
  };
}

/** `kort certificate inventory`: algorithms, sizes, uses and ends. */
export const listInventory: Command = async (context) => {
  const answer = await withClient(context, (client) => client.request('certificate.inventory', {}));
  if (context.json) writeJson(context, answer);
  else writeMarked(context, inventoryTexts(answer.entries, context));
  return 0;
};
