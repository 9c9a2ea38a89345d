import type { WireCandidate, WirePrompt } from '../../control-contract/prompts.js';
import { errorText } from '../../messages/error-text.js';
import { hintNextStep, hintText } from '../../messages/outcomes.js';
import { promptMessages } from '../../messages/prompt.js';
import type { CommandContext } from '../context.js';
import { createStyle } from '../style.js';
import { gap, labelledText, ownText, quotedText, type Block, type Span, type Weight } from './screen-block.js';

/** What decides how text looks. */
export type Look = Pick<CommandContext, 'language' | 'color'>;

/** Who asks, from where, and what for: the same in every state of a prompt. */
export function orderBlocks(view: WirePrompt, look: Look): readonly Block[] {
  const words = promptMessages[look.language];
  const style = createStyle(look.color);
  const bold = (text: string): string => style.bold(text);
  const warning = (text: string): string => style.warning(text);
  const { name, registeredBy } = view.relyingParty;
  const registered = `(${words.registeredBy[registeredBy]})`;
  const code = view.confirmationCode;
  return [
    labelledText('kept', '', `${words.service} `, { text: name[look.language], style: bold }, ` ${words.wantsLogin}`),
    registeredBy === 'user'
      ? labelledText('kept', '  ', { text: registered, style: warning })
      : labelledText('detail', '  ', registered),
    labelledText('kept', '  ', ...originSpans(view.origin, look)),
    ...(code === undefined
      ? []
      : [
          labelledText('kept', '  ', `${words.confirmationCode}: `, { text: code, style: bold }),
          labelledText('help', '    ', `(${words.confirmationHint})`),
        ]),
    labelledText('detail', '  ', words.levelsWanted(view.levels)),
    ...(view.bindingMessage === undefined ? [] : [gap, quotedText(words.serviceWrites, view.bindingMessage)]),
  ];
}

function originSpans(origin: string | undefined, look: Look): readonly string[] {
  const words = promptMessages[look.language];
  return origin === undefined ? [`${words.from}: ${words.localProgram}`] : [`${words.origin}: ${origin}`];
}

/** One candidate of several: whose card it is must stay on the smallest screen. */
export function choiceBlocks(candidate: WireCandidate, mark: string, look: Look): readonly Block[] {
  const { tokenLabel, reader, holder } = candidate;
  const words = promptMessages[look.language];
  return [
    labelledText('kept', mark, `${holder}: ${tokenLabel}`),
    labelledText('detail', ' '.repeat(mark.length), `${words.inReader} ${reader} · ${factsOf(candidate, look)}`),
  ];
}

/** One candidate: its card, and below it the person. */
export function candidateBlocks(candidate: WireCandidate, look: Look): readonly Block[] {
  const words = promptMessages[look.language];
  const { tokenLabel, reader, holder } = candidate;
  return [
    labelledText('card', '  ', `${words.card}: ${tokenLabel} (${words.reader} ${reader})`),
    labelledText('detail', '  ', `${words.holder}: ${holder}, ${factsOf(candidate, look)}`),
  ];
}

function factsOf({ organization, level, notAfter }: WireCandidate, { language }: Look): string {
  const words = promptMessages[language];
  const levelText = level === undefined ? words.unknownLevel : `${words.level} ${level}`;
  const until = `${words.validUntil} ${new Date(notAfter).toISOString().slice(0, 10)}`;
  return [...(organization === undefined ? [] : [organization]), levelText, until].join(' · ');
}

/** Why the last answer did not lead on, or why the login cannot go on. */
export function problemBlocks(view: WirePrompt, look: Look): readonly Block[] {
  const { problem } = view;
  if (problem === undefined) return [];
  const hint = hintText(look.language, problem.code);
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
