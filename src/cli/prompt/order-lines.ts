import type { WireCandidate, WirePrompt } from '../../control-contract/prompts.js';
import { errorText } from '../../messages/error-text.js';
import { hintText } from '../../messages/outcomes.js';
import { promptMessages } from '../../messages/prompt.js';
import type { CommandContext } from '../context.js';
import { screenText } from '../screen-text.js';
import { createStyle } from '../style.js';

/** What decides how text looks. */
export type Look = Pick<CommandContext, 'language' | 'color'>;

/** Who asks, from where, and what for: the same in every state of a prompt. */
export function orderLines(view: WirePrompt, look: Look): readonly string[] {
  const words = promptMessages[look.language];
  const style = createStyle(look.color);
  const { name, registeredBy } = view.relyingParty;
  const registered = words.registeredBy[registeredBy];
  const origin = view.origin === undefined ? words.localProgram : screenText(view.origin);
  return [
    `${style.bold(screenText(name[look.language]))} ${words.wantsLogin}`,
    `  (${registeredBy === 'user' ? style.warning(registered) : registered})`,
    `  ${words.origin}: ${origin}`,
    ...(view.confirmationCode === undefined
      ? []
      : [`  ${words.confirmationCode}: ${style.bold(screenText(view.confirmationCode))}  (${words.confirmationHint})`]),
    `  ${words.levelsWanted(view.levels)}`,
    ...(view.bindingMessage === undefined ? [] : ['', words.serviceWrites, `  | ${screenText(view.bindingMessage)}`]),
  ];
}

/** One candidate in two lines; `mark` stands before the first. */
export function candidateLines(candidate: WireCandidate, mark: string, look: Look): readonly string[] {
  const words = promptMessages[look.language];
  const { tokenLabel, reader, holder, organization, level, notAfter } = candidate;
  const who = organization === undefined ? holder : `${holder}, ${organization}`;
  const levelText = level === undefined ? words.unknownLevel : `${words.level} ${level}`;
  const until = `${words.validUntil} ${new Date(notAfter).toISOString().slice(0, 10)}`;
  const indent = ' '.repeat(mark.length);
  return [
    screenText(`${mark}${words.card}: ${tokenLabel} (${words.reader} ${reader})`),
    screenText(`${indent}${words.holder}: ${who} · ${levelText} · ${until}`),
  ];
}

/** Why the last answer did not lead on, or why the login cannot go on. */
export function problemLines(view: WirePrompt, look: Look): readonly string[] {
  const { problem } = view;
  if (problem === undefined) return [];
  const hint = hintText(look.language, problem.code);
  const { sentence, nextStep } =
    hint === undefined ? errorText(look.language, problem.code, problem.fields) : { sentence: hint, nextStep: '' };
  const style = createStyle(look.color);
  return ['', style.warning(screenText(sentence)), ...(nextStep === '' ? [] : [screenText(nextStep)])];
}
