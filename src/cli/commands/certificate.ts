import type { StatusCertificate, StatusReport } from '../../control-contract/status.js';
import { certificateTexts } from '../../messages/certificate.js';
import { statusMessages } from '../../messages/status.js';
import { withClient, writeJson, writeLines, type Command, type CommandContext } from '../context.js';
import { screenText } from '../screen-text.js';

/** A certificate and the card that it is on. */
interface HeldCertificate extends StatusCertificate {
  readonly reader: string;
  readonly card: string;
}

/** Digits of a fingerprint that a person is shown, and may name a certificate by. */
const SHOWN_DIGITS = 16;

/** `kort certificate list`: every certificate of every inserted card. */
export const listCertificates: Command = (context) =>
  withClient(context, async (client) => {
    const certificates = certificatesIn(await client.request('status.get', {}));
    if (context.json) writeJson(context, { certificates });
    else writeLines(context, linesOf(certificates, context));
    return 0;
  });

/** `kort certificate export`: one certificate in PEM (RFC 7468 §5), to standard output. */
export function exportCertificate(fingerprint: string): Command {
  return (context) =>
    withClient(context, async (client) => {
      const found = await client.request('certificate.export', { fingerprint });
      const lines = found.der.match(/.{1,64}/g) ?? [];
      const pem = ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----'];
      if (context.json) writeJson(context, { fingerprint: found.fingerprint, pem: `${pem.join('\n')}\n` });
      else writeLines(context, pem);
      return 0;
    });
}

function certificatesIn({ readers }: StatusReport): readonly HeldCertificate[] {
  return readers.flatMap(({ name, token }) =>
    (token?.certificates ?? []).map((certificate) => ({ ...certificate, reader: name, card: token?.id ?? '' })),
  );
}

function linesOf(certificates: readonly HeldCertificate[], { language }: CommandContext): readonly string[] {
  const words = statusMessages[language];
  const texts = certificateTexts[language];
  if (certificates.length === 0) return [texts.none];
  const blocks = certificates.flatMap((one) => [
    `${one.fingerprint.slice(0, SHOWN_DIGITS)}  ${screenText(one.holder)}`,
    `  ${[
      ...(one.purpose === undefined ? [] : [words.purpose[one.purpose]]),
      one.level === undefined ? words.noLevel : words.level(one.level),
      words.validUntil(one.notAfter.slice(0, 10)),
      ...(one.usable ? [] : [words.notUsable]),
      screenText(words.reader(one.reader)),
    ].join(' · ')}`,
    `  ${texts.issuer(screenText(one.issuer))}`,
  ]);
  return [...blocks, '', texts.howToExport];
}
