import type { BegunCardWork } from '../../control-contract/certificates.js';
import type { CertificateOrder } from '../../model/certificate-order.js';
import type { NamedCertificate } from '../../model/card-work.js';
import { cardWorkMessages } from '../../messages/card-work.js';
import { downloadMessages } from '../../messages/download.js';
import { pinMessages } from '../../messages/pin.js';
import { statusMessages } from '../../messages/status.js';
import { instanceOption, type InstanceLook } from '../look.js';
import { cardLine, foreignLines, triesText } from './pin-lines.js';
import { createStyle } from '../layout/style.js';
import { commonNameOf, localDate } from './certificate-texts.js';
import { shownFingerprint } from './find-certificate.js';
import { marked, type MarkedText } from '../layout/marked-text.js';

/** One certificate on a line. */
export function namedText(
  { holder, issuer, notAfter, fingerprint }: NamedCertificate,
  { language }: InstanceLook,
): string {
  const words = cardWorkMessages[language];
  return words.certificate(holder, commonNameOf(issuer), localDate(notAfter), shownFingerprint(fingerprint));
}

/** One certificate that waits at an issuer, with its id where another of these looks the same. */
export function orderTexts(
  order: CertificateOrder,
  mark: string,
  look: InstanceLook,
  others: readonly CertificateOrder[] = [],
): readonly MarkedText[] {
  const { language, color } = look;
  const words = downloadMessages[language];
  const { kind, holder, personId, organization, issuer, cardNumber } = order;
  const indent = ' '.repeat(mark.length);
  const owner = [
    words.order(holder, personId),
    ...(organization === undefined ? [] : [words.organization(organization)]),
  ];
  return [
    marked(owner.join(' '), mark, (text) => createStyle(color).bold(text)),
    marked(`${words.kind[kind]}, ${commonNameOf(issuer)}`, indent),
    marked(factsOf(order, look), indent),
    ...(cardNumber === undefined ? [] : [marked(words.forCard(cardNumber), indent)]),
    ...(others.some((other) => isAlike(other, order)) ? [marked(words.orderId(order.id), indent)] : []),
  ];
}

/** Whether two orders are told apart by nothing but their ids. */
function isAlike(other: CertificateOrder, order: CertificateOrder): boolean {
  const looks = ({ id: _id, keySpecs: _keySpecs, ...rest }: CertificateOrder): string => JSON.stringify(rest);
  return other.id !== order.id && looks(other) === looks(order);
}

/** An order by its id, and what it is, for whoever has to say which is meant. */
export function orderById(order: CertificateOrder, look: InstanceLook): string {
  const kind = downloadMessages[look.language].kind[order.kind];
  return `${order.id} (${kind}, ${commonNameOf(order.issuer)}, ${factsOf(order, look)})`;
}

function factsOf({ level, notAfter }: CertificateOrder, { language }: InstanceLook): string {
  const status = statusMessages[language];
  const named = level === undefined ? status.noLevel : status.level(level);
  return downloadMessages[language].facts(named, localDate(notAfter));
}

/** Everything that whoever types the PIN must know before. */
export function questionTexts(begun: BegunCardWork, keepReplaced: boolean, look: InstanceLook): readonly MarkedText[] {
  const pins = pinMessages[look.language];
  const work = cardWorkMessages[look.language];
  const { card, pin, openOrders, pinUses, pinPad } = begun;
  return [
    ...workTexts(begun, keepReplaced, look),
    marked(''),
    marked(cardLine(card, pins)),
    marked(`${pins.pin[pin.role]}: ${triesText(pin, pins)}`),
    ...foreignLines(pin, pins).map((line) => marked(line)),
    ...(openOrders > 0 ? [marked(pins.openOrders(openOrders))] : []),
    ...(pinPad || pinUses < 2 ? [] : [marked(work.pinUses(pinUses))]),
    marked(work.leaveIn),
  ];
}

function workTexts(begun: BegunCardWork, keepReplaced: boolean, look: InstanceLook): readonly MarkedText[] {
  switch (begun.work) {
    case 'download':
    case 'resume':
      return [...downloadTexts(begun, look), ...replacedTexts(begun, keepReplaced, look)];
    case 'discard':
      return discardTexts(begun, look);
    case 'remove':
      return removalTexts(begun, look);
    case 'restore':
      return [marked(cardWorkMessages[look.language].restores), ...named(begun.returns, look)];
  }
}

function discardTexts(begun: BegunCardWork, look: InstanceLook): readonly MarkedText[] {
  const words = downloadMessages[look.language];
  const style = createStyle(look.color);
  return [
    marked(words.discards),
    ...orderOf(begun, look),
    ...(begun.leaves === undefined
      ? []
      : [marked(cardWorkMessages[look.language].removes), ...named(begun.leaves, look)]),
    ...(begun.step === 'requested' ? [marked(words.discardsAsked, '', (text) => style.warning(text))] : []),
  ];
}

function downloadTexts(begun: BegunCardWork, look: InstanceLook): readonly MarkedText[] {
  const words = downloadMessages[look.language];
  const { work, step } = begun;
  const how =
    work === 'download'
      ? [words.checked, words.plan]
      : [words.resumes, ...(step === undefined ? [] : [sentenceOf(words.step[step])])];
  return [...orderOf(begun, look), marked(''), ...how.map((line) => marked(line))];
}

/** Words that stand inside sentences elsewhere. */
const sentenceOf = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

function replacedTexts({ leaves }: BegunCardWork, keepReplaced: boolean, look: InstanceLook): readonly MarkedText[] {
  if (leaves === undefined) return [];
  const words = downloadMessages[look.language];
  const work = cardWorkMessages[look.language];
  return [
    marked(keepReplaced ? words.replacesKept : words.replaces),
    ...named(leaves, look),
    ...(keepReplaced ? [] : [marked(work.backedUp)]),
  ];
}

function removalTexts({ leaves, leavesNoLogin, undoable }: BegunCardWork, look: InstanceLook): readonly MarkedText[] {
  const words = cardWorkMessages[look.language];
  const style = createStyle(look.color);
  const warning = (text: string): string => style.warning(text);
  return [
    marked(words.removes),
    ...named(leaves, look),
    ...(undoable === false
      ? []
      : [marked(words.keepsKey(shownFingerprint(leaves?.fingerprint ?? ''), instanceOption(look)))]),
    ...(undoable === false ? [marked(words.notUndoable, '', warning)] : []),
    marked(words.backedUp),
    ...(leavesNoLogin === true ? [marked(words.leavesNoLogin, '', warning)] : []),
  ];
}

const orderOf = ({ order }: BegunCardWork, look: InstanceLook): readonly MarkedText[] =>
  order === undefined ? [] : orderTexts(order, '  ', look);

const named = (certificate: NamedCertificate | undefined, look: InstanceLook): readonly MarkedText[] =>
  certificate === undefined ? [] : [marked(namedText(certificate, look), '  ')];
