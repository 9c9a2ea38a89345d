import type { StatusCertificate, StatusPin, StatusReader } from '../../control-contract/status.js';
import { errorText } from '../../messages/error-text.js';
import { statusMessages } from '../../messages/status.js';
import { uiMessages } from '../../messages/ui.js';
import { watchMessages } from '../../messages/watch.js';
import { labelledText, type Block, type Span } from '../../terminal/layout/screen-block.js';
import { createStyle } from '../../terminal/layout/style.js';
import { nextStepFields, type NextStepLook } from '../../terminal/look.js';
import { pastLines, type CardPast } from './card-past.js';
import { commonNameOf, localDate, remainingText, revocationText } from '../../terminal/texts/certificate-texts.js';

/** Stands before the reader that keys are for; without color it is all that tells it. */
const chosenMark = '> ';
const mark = '  ';
const inner = '    ';

/** Where a reader stands in the list, and what others did with its card. */
export interface ListedReader {
  readonly index: number;
  readonly isSelected: boolean;
  readonly past: CardPast;
}

/** One reader of the list and what is in it. */
export function readerBlocks(
  reader: StatusReader,
  { index, isSelected, past }: ListedReader,
  look: NextStepLook,
): readonly Block[] {
  const style = createStyle(look.color);
  const number = index < 9 ? `${index + 1} ` : '  ';
  const head: Span = { text: reader.name, style: (text) => (isSelected ? style.bold(text) : text) };
  return [
    labelledText('kept', `${isSelected ? chosenMark : mark}${number}`, head),
    ...contentBlocks(reader, past, look),
  ];
}

function contentBlocks(reader: StatusReader, past: CardPast, look: NextStepLook): readonly Block[] {
  const words = statusMessages[look.language];
  const { skipped, sameAs, token, card, sharing } = reader;
  const say = (text: Span): Block => labelledText('kept', inner, text);
  if (skipped !== undefined) return [say(watchMessages[look.language].skipped[skipped])];
  if (sameAs !== undefined) return [say(watchMessages[look.language].sameCard(sameAs))];
  if (card === 'absent') return [say(words.noCard)];
  const shared =
    sharing === 'exclusive' ? [say(words.exclusiveCard)] : sharing === 'shared' ? [say(words.sharedCard)] : [];
  if (token === undefined) return [...problemBlocks(reader, look), ...shared];
  return [
    say(words.card(token.label, token.product, token.serial)),
    ...token.pins.map((pin) => labelledText('kept', inner, `${words.pin[pin.role]}: `, triesOf(pin, look))),
    ...pastBlocks(past, inner, look),
    ...token.certificates.flatMap((certificate) => certificateBlocks(certificate, look)),
    ...shared,
  ];
}

const silent = {
  mute: 'ERR_CARD_MUTE',
  unresponsive: 'ERR_CARD_UNRESPONSIVE',
  present: undefined,
  absent: undefined,
} as const;

function problemBlocks(reader: StatusReader, look: NextStepLook): readonly Block[] {
  const code = reader.problem?.code ?? silent[reader.card];
  if (code === undefined) return [labelledText('kept', inner, statusMessages[look.language].reading)];
  const fields = { ...reader.problem?.fields, ...nextStepFields(look) };
  const { sentence, nextStep } = errorText(look.language, code, fields);
  const style = (text: string): string => createStyle(look.color).warning(text);
  return [labelledText('kept', inner, { text: `${sentence} ${nextStep}`.trim(), style })];
}

/** What is left of a PIN. */
function triesOf(pin: StatusPin, look: NextStepLook): Span {
  const words = statusMessages[look.language];
  const style = (text: string): string => createStyle(look.color).warning(text);
  if (pin.blocked) return { text: words.blocked, style };
  const { attemptsRemaining: left } = pin;
  if (left === undefined) return words.attemptsUnknown;
  return left === 1 ? { text: words.attempts(left), style } : words.attempts(left);
}

function pastBlocks(past: CardPast, before: string, look: NextStepLook): readonly Block[] {
  const style = (text: string): string => createStyle(look.color).warning(text);
  return pastLines(past, look).map((text) => labelledText('kept', `${before}! `, { text, style }));
}

function certificateBlocks(certificate: StatusCertificate, look: NextStepLook): readonly Block[] {
  const words = statusMessages[look.language];
  const { holder, organization, level, notAfter, purpose, usable } = certificate;
  const facts = [
    ...(purpose === undefined ? [] : [words.purpose[purpose]]),
    level === undefined ? words.noLevel : words.level(level),
    words.validUntil(localDate(notAfter)),
    ...(usable ? [] : [words.notUsable]),
  ];
  const name = organization === undefined ? holder : `${holder}, ${organization}`;
  return [
    labelledText('kept', inner, name),
    labelledText('kept', `${inner}  `, facts.join(' · ')),
    ...revocationBlocks(certificate, look),
  ];
}

/** That all is well needs no row. */
function revocationBlocks({ revocation }: StatusCertificate, look: NextStepLook): readonly Block[] {
  if (revocation?.status !== 'revoked' && revocation?.status !== 'unknown') return [];
  const text = revocationText(revocation, look.language) ?? '';
  const style = (line: string): string => createStyle(look.color).warning(line);
  return [labelledText('kept', `${inner}  `, revocation.status === 'revoked' ? { text, style } : text)];
}

/** More of one reader and its card than the list has room for. */
export function detailBlocks(reader: StatusReader, past: CardPast, look: NextStepLook): readonly Block[] {
  const words = statusMessages[look.language];
  const ui = uiMessages[look.language];
  const style = createStyle(look.color);
  const { token } = reader;
  const bold = (text: string): Span => ({ text, style: (piece) => style.bold(piece) });
  if (token === undefined) return [labelledText('kept', '', bold(reader.name)), ...contentBlocks(reader, past, look)];
  return [
    labelledText('kept', '', bold(token.label)),
    labelledText('kept', mark, words.card(token.label, token.product, token.serial)),
    labelledText('kept', mark, words.reader(reader.name)),
    ...token.pins.map((pin) => labelledText('kept', mark, `${words.pin[pin.role]}: `, triesOf(pin, look))),
    ...pastBlocks(past, mark, look),
    ...token.certificates.flatMap((certificate) => [
      labelledText('kept', '', ''),
      ...certificateBlocks(certificate, look),
      ...[
        remainingText(certificate, look.language),
        ui.validFrom(localDate(certificate.notBefore)),
        `${ui.issuer} ${commonNameOf(certificate.issuer)}`,
        ui.key(certificate.keyType, certificate.keyBits),
        `${ui.fingerprint} ${certificate.fingerprint.slice(0, 16)}`,
        ...(certificate.revocation?.status === 'good'
          ? [revocationText(certificate.revocation, look.language) ?? '']
          : []),
      ].map((text) => labelledText('kept', `${inner}  `, text)),
    ]),
  ];
}
