import type { ChoiceExplanation, ChoiceRule, ExplainedCertificate } from '../../model/certificate-choice.js';
import { certificateMessages } from '../../messages/certificate.js';
import { promptMessages } from '../../messages/prompt.js';
import { reasonText } from '../../messages/reasons.js';
import { statusMessages } from '../../messages/status.js';
import type { Look } from '../look.js';
import { unfitReason } from '../prompt/order-blocks.js';
import { createStyle } from '../layout/style.js';
import { commonNameOf, validityText } from './certificate-texts.js';
import { shownFingerprint } from './find-certificate.js';
import { marked, type MarkedText } from '../layout/marked-text.js';

/** The rules that there are, or that had a say. */
export function ruleTexts(rules: readonly ChoiceRule[], look: Look): readonly MarkedText[] {
  const words = certificateMessages[look.language];
  return rules.length === 0
    ? [marked(words.noRules)]
    : [marked(words.rulesTitle), ...rules.map((rule) => marked(ruleText(rule, look), '  '))];
}

function ruleText({ relyingParty, purpose, prefer, source }: ChoiceRule, { language }: Look): string {
  const words = certificateMessages[language];
  const { fingerprint, level, issuer, organization } = prefer;
  const what = [
    ...(fingerprint === undefined ? [] : [words.rulePrefers.fingerprint(shownFingerprint(fingerprint))]),
    ...(level === undefined ? [] : [words.rulePrefers.level(level)]),
    ...(issuer === undefined ? [] : [words.rulePrefers.issuer(commonNameOf(issuer))]),
    ...(organization === undefined ? [] : [words.rulePrefers.organization(organization)]),
  ];
  const where = [
    relyingParty === undefined ? words.ruleForAll : words.ruleFor(relyingParty),
    ...(purpose === undefined ? [] : [words.rulePurpose[purpose]]),
  ];
  return words.rule(what.join(', '), where.join(' '), words.ruleSource[source]);
}

/** What a login of a service would offer, in its order, and why. */
export function explanationTexts(explanation: ChoiceExplanation, look: Look): readonly MarkedText[] {
  const words = certificateMessages[look.language];
  const { relyingParty, purpose, levels, certificates, chosen, rules, brokenFiles } = explanation;
  const fitting = certificates.filter(({ unfit }) => unfit === undefined);
  const others = certificates.filter(({ unfit }) => unfit !== undefined);
  return [
    marked(words.why(relyingParty.name[look.language], words.whyPurpose[purpose])),
    ...(levels.length === 0 ? [] : [marked(words.whyLevels(levels.join(', ')), '  ')]),
    marked(''),
    ...fitting.flatMap((one, index) => placeTexts(one, `${index + 1}  `, look)),
    ...verdictTexts(chosen, fitting.length, look),
    ...(others.length === 0 ? [] : [marked(''), marked(promptMessages[look.language].unfitTitle)]),
    ...others.flatMap((one) => unfitTexts(one, purpose, look)),
    marked(''),
    ...ruleTexts(rules, look),
    ...brokenFiles.map(({ path, fields }) =>
      marked(words.brokenRules(path, reasonText(look.language, fields) ?? String(fields['reason'] ?? ''))),
    ),
  ];
}

function verdictTexts(chosen: ChoiceExplanation['chosen'], fitting: number, look: Look): readonly MarkedText[] {
  const words = certificateMessages[look.language];
  if (fitting === 0) return [marked(words.nothingFits)];
  if (chosen === undefined) return [marked(words.asked)];
  return [marked(`${words.chosen} ${promptMessages[look.language].because[chosen.because]}`)];
}

function placeTexts(one: ExplainedCertificate, mark: string, look: Look): readonly MarkedText[] {
  const words = certificateMessages[look.language];
  return [...certificateTexts(one, mark, look), marked(words.placedBy[one.placedBy], ' '.repeat(mark.length))];
}

function unfitTexts(
  one: ExplainedCertificate,
  purpose: ChoiceExplanation['purpose'],
  look: Look,
): readonly MarkedText[] {
  const { unfit, notAfter } = one;
  if (unfit === undefined) return [];
  const why = unfitReason({ reason: unfit, notAfter: Date.parse(notAfter) }, purpose, look);
  return [...certificateTexts(one, '·  ', look), marked(why, '   ')];
}

function certificateTexts(one: ExplainedCertificate, mark: string, look: Look): readonly MarkedText[] {
  const { fingerprint, holder, organization, level, cardLabel, reader } = one;
  const words = certificateMessages[look.language];
  const status = statusMessages[look.language];
  const style = createStyle(look.color);
  const indent = ' '.repeat(mark.length);
  return [
    marked(organization === undefined ? holder : `${holder}, ${organization}`, mark, (text) => style.bold(text)),
    marked(
      [level === undefined ? status.noLevel : status.level(level), validityText(one, look.language)].join(' · '),
      indent,
    ),
    marked(`${shownFingerprint(fingerprint)}, ${words.onCard(cardLabel, reader)}`, indent),
  ];
}
