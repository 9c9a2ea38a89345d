import type { WaitingPrompt, WireCandidate, WirePrompt, WireUnfit } from '../../control-contract/prompts.js';
import { errorText } from '../../messages/error-text.js';
import { endDates, expiryMessages } from '../../messages/expiry.js';
import { hintNextStep, hintText } from '../../messages/outcomes.js';
import { promptMessages } from '../../messages/prompt.js';
import { localDay, thresholdOf, urgencyOf } from '../../model/expiry-ladder.js';
import { revocationText } from '../texts/certificate-texts.js';
import type { Look } from '../look.js';
import { createStyle } from '../layout/style.js';
import {
  gap,
  labelledText,
  ownText,
  quotedText,
  shortenable,
  type Block,
  type Span,
  type Weight,
} from '../layout/screen-block.js';

/** Who asks, from where, what for, and what the service writes: the same in every state of a prompt but reading. */
export function orderBlocks(view: WirePrompt, look: Look): readonly Block[] {
  const isBeingSigned = ['pin', 'pinPad', 'working'].includes(view.state);
  const visible = isBeingSigned && view.visibleText !== undefined ? excerpt(view.visibleText) : undefined;
  const text = [view.bindingMessage, visible].filter((part) => part !== undefined);
  return [
    ...askerBlocks(view, look),
    labelledText('detail', '  ', promptMessages[look.language].levelsWanted(view.levels)),
    ...(text.length === 0 ? [] : [gap, quotedText(promptMessages[look.language].serviceWrites, text.join('\n'))]),
  ];
}

/** Of a text that has been read before, enough to know it again. */
function excerpt(text: string): string {
  const most = 150;
  return text.length <= most ? text : `${text.slice(0, most).trimEnd()} …`;
}

/** Who asks, from where, and what for. */
export function askerBlocks(view: WirePrompt, look: Look): readonly Block[] {
  const words = promptMessages[look.language];
  const style = createStyle(look.color);
  const bold = (text: string): string => style.bold(text);
  const warning = (text: string): string => style.warning(text);
  const { name, registeredBy } = view.relyingParty;
  const registered = `(${words.registeredBy[registeredBy]})`;
  return [
    labelledText(
      'kept',
      '',
      `${words.service} `,
      { text: name[look.language], style: bold },
      ` ${words.of[view.purpose].wants}`,
    ),
    registeredBy === 'user'
      ? labelledText('kept', '  ', { text: registered, style: warning })
      : labelledText('detail', '  ', registered),
    labelledText('kept', '  ', sourceText(view, look, true)),
    ...(view.own === true ? [] : codeBlocks(view, look)),
    ...(view.askedAgain ? [labelledText('kept', '  ', { text: words.askedAgain, style: warning })] : []),
  ];
}

/** What proves who began. */
function codeBlocks({ confirmationCode: code }: WirePrompt, { language, color }: Look): readonly Block[] {
  const words = promptMessages[language];
  const style = createStyle(color);
  return code === undefined
    ? [labelledText('kept', '  ', { text: words.unbound, style: (text) => style.warning(text) })]
    : [
        labelledText('kept', '  ', `${words.confirmationCode}: `, { text: code, style: (text) => style.bold(text) }),
        labelledText('help', '    ', `(${words.confirmationHint})`),
      ];
}

/** Where an order comes from: only a browser can prove a web site. */
export function sourceText(
  { origin, launcher, own }: Pick<WaitingPrompt, 'origin' | 'launcher' | 'own'>,
  { language }: Look,
  labelled: boolean,
): string {
  const words = promptMessages[language];
  const label = origin === undefined ? words.from : words.origin;
  const program = own === true ? words.ownDownload : words.localProgram;
  const source = origin ?? (launcher === 'scheme' ? words.link : program);
  return labelled ? `${label}: ${source}` : source;
}

/** One candidate of several: whose card it is must stay on the smallest screen. */
export function choiceBlocks(candidate: WireCandidate, mark: string, look: Look): readonly Block[] {
  const { tokenLabel, reader, holder } = candidate;
  const words = promptMessages[look.language];
  return [
    labelledText('kept', mark, `${holder}: ${tokenLabel}`),
    labelledText('detail', ' '.repeat(mark.length), `${words.inReader} ${reader} · ${factsOf(candidate, look)}`),
    ...revocationBlocks(candidate, ' '.repeat(mark.length), look),
  ];
}

/** One candidate: its card, and below it the person. */
export function candidateBlocks(candidate: WireCandidate, look: Look): readonly Block[] {
  const words = promptMessages[look.language];
  const { tokenLabel, reader, holder } = candidate;
  return [
    labelledText('card', '  ', `${words.card}: ${tokenLabel} (${words.reader} ${reader})`),
    labelledText('detail', '  ', `${words.holder}: ${holder}, ${factsOf(candidate, look)}`),
    ...endingBlocks(candidate, look),
    ...revocationBlocks(candidate, '  ', look),
  ];
}

/** Said before the PIN is typed: that the certificate was revoked, or that nobody could say. */
function revocationBlocks({ revocation }: WireCandidate, mark: string, look: Look): readonly Block[] {
  const text = revocationText(revocation, look.language) ?? '';
  const style = (piece: string): string => createStyle(look.color).warning(piece);
  if (revocation?.status === 'revoked') return [labelledText('kept', mark, { text, style })];
  return revocation?.status === 'unknown' ? [labelledText('message', mark, text)] : [];
}

/** That the certificate ends soon, from the first threshold of its warnings on. */
function endingBlocks({ notBefore, notAfter }: WireCandidate, { language, color }: Look): readonly Block[] {
  const now = Date.now();
  const threshold = notBefore === undefined ? undefined : thresholdOf(notBefore, notAfter, now);
  if (threshold === undefined) return [];
  const daysLeft = localDay(notAfter) - localDay(now);
  const urgency = urgencyOf(threshold, daysLeft);
  const dates = endDates({ endsAt: new Date(notAfter).toISOString(), daysLeft, urgency });
  const text = expiryMessages[language].atLogin(dates);
  const style = (line: string): string => (urgency === 'soon' ? line : createStyle(color).warning(line));
  return [labelledText('message', '  ', { text, style })];
}

/** Why this one and no other. */
export function reasonBlocks({ chosenBecause }: WirePrompt, { language }: Look): readonly Block[] {
  if (chosenBecause === undefined) return [];
  return [labelledText('detail', '  ', promptMessages[language].because[chosenBecause])];
}

/** What this one PIN entry signs. */
export function signingBlocks(
  { purpose, documents, documentsNow, documentsSigned }: WirePrompt,
  { language }: Look,
): readonly Block[] {
  if (purpose !== 'sign') return [];
  const words = promptMessages[language];
  const sentence = words.signing(documentsNow, documentsSigned, documents.length);
  const label = documentsNow < documents.length ? documents[documentsSigned]?.label : undefined;
  return [
    // Else the same screen, its field empty again, looks as if the PIN had been refused.
    ...(documentsSigned === 0 ? [] : [ownText('kept', words.signedSoFar(documentsSigned, documents.length))]),
    label === undefined ? ownText('kept', sentence) : quotedText(sentence, label, 'kept'),
  ];
}

/** What was found and does not fit, and why not. */
export function unfitBlocks(view: WirePrompt, look: Look): readonly Block[] {
  if (view.unfit.length === 0) return [];
  const entries = view.unfit.flatMap((unfit) => [
    labelledText('message', '  · ', `${unfit.holder}: ${unfit.tokenLabel} (${unfit.reader})`),
    labelledText('message', '    ', `${unfitReason(unfit, view.purpose, look)} (${factsOf(unfit, look)})`),
  ]);
  return [gap, shortenable('message', [ownText('message', promptMessages[look.language].unfitTitle), ...entries])];
}

/** Why a certificate does not fit a purpose. */
export function unfitReason(
  { reason, notAfter }: Pick<WireUnfit, 'reason' | 'notAfter'>,
  purpose: WirePrompt['purpose'],
  { language }: Pick<Look, 'language'>,
): string {
  const words = promptMessages[language];
  if (reason === 'usage') return words.of[purpose].usage;
  if (reason === 'expired') return notAfter < Date.now() ? words.expired : words.notYetValid;
  return words.unfit[reason];
}

function factsOf(certificate: WireCandidate | WireUnfit, { language }: Look): string {
  const words = promptMessages[language];
  const { level, notAfter } = certificate;
  // Of a certificate that does not fit, the level may be what nobody knows.
  const [organization, unknown] =
    'id' in certificate ? [certificate.organization, [words.unknownLevel]] : [undefined, []];
  const levelTexts = level === undefined ? unknown : [`${words.level} ${level}`];
  const until = `${words.validUntil} ${new Date(notAfter).toISOString().slice(0, 10)}`;
  return [...(organization === undefined ? [] : [organization]), ...levelTexts, until].join(' · ');
}

/** Why the last answer did not lead on, or why the order cannot go on. */
export function problemBlocks(view: WirePrompt, look: Look): readonly Block[] {
  const { problem } = view;
  if (problem === undefined) return [];
  const hint = hintText(look.language, problem.code, view.purpose);
  const { sentence, nextStep } =
    hint === undefined
      ? errorText(look.language, problem.code, problem.fields)
      : { sentence: hint, nextStep: hintNextStep(look.language, problem.code, view.levels) };
  const style = (text: string): string => createStyle(look.color).warning(text);
  const holdsOutsideText = Object.values(problem.fields).some((value) => typeof value === 'string');
  const say = (weight: Weight, span: Span): Block =>
    holdsOutsideText ? labelledText(weight, '', span) : ownText(weight, span);
  return [gap, say('kept', { text: sentence, style }), ...(nextStep === '' ? [] : [say('footer', nextStep)])];
}
