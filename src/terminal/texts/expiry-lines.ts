import { actionText, endDates, expiryMessages, localDate, warningText, whatEnds } from '../../messages/expiry.js';
import type { ExpiryFinding, ExpiryReport, ExpiryWarning } from '../../model/expiry.js';
import type { Language } from '../../messages/language.js';
import { instanceOption, type InstanceLook, type Look } from '../look.js';
import { localTime } from '../../messages/local-time.js';
import { screenText } from '../layout/screen-text.js';
import { createStyle } from '../layout/style.js';

/** Ends as a table for people, in their order; what belongs to one stands below it. */
export function expiryLines(findings: readonly ExpiryFinding[], look: Look): readonly string[] {
  const words = expiryMessages[look.language];
  const lefts = findings.map((finding) => (finding.subject === 'clock' ? '' : words.left(endDates(finding))));
  const width = Math.max(...lefts.map(({ length }) => length));
  return findings.flatMap((finding, index) => {
    const isClock = finding.subject === 'clock';
    const date = isClock ? '!'.padEnd(10) : localDate(finding.endsAt);
    const left = (lefts[index] ?? '').padEnd(width);
    const head = `${date}  ${isUrgent(finding) ? createStyle(look.color).warning(left) : left}`;
    const id = createStyle(look.color).dim(`[${finding.id}]`);
    return [
      `${head}  ${screenText(whatEnds(finding, look.language))}  ${id}`,
      ...expiryDetails(finding, look).map((line) => `${' '.repeat(12)}${screenText(line)}`),
    ];
  });
}

const isUrgent = ({ urgency, decisive }: ExpiryFinding): boolean =>
  decisive && (urgency === 'urgent' || urgency === 'past');

/** What belongs to one end: what ends beside it, what to do, where it is, and until when its warnings rest. */
export function expiryDetails(finding: ExpiryFinding, { language }: Look): readonly string[] {
  const words = expiryMessages[language];
  const { decisive, beside, card, snoozedUntil, urgency } = finding;
  const action = decisive && urgency !== 'fine' ? actionText(finding, language) : undefined;
  const other = beside && localDate(beside.endsAt);
  return [
    ...(beside === undefined || other === undefined
      ? []
      : [decisive ? words.cardSays(other) : words.endsBefore(beside.subject, other)]),
    ...(action === undefined ? [] : [action]),
    ...(card?.inserted === false ? [words.notInserted] : []),
    ...(snoozedUntil === undefined ? [] : [words.restsUntil(localDate(snoozedUntil, true))]),
  ];
}

/** The soonest end whose warnings do not rest, for `kort status`. */
export function nearestEndLines({ findings }: ExpiryReport, look: InstanceLook): readonly string[] {
  const near = findings.filter(
    ({ decisive, urgency, snoozedUntil }) => decisive && urgency !== 'fine' && snoozedUntil === undefined,
  );
  const [first] = near;
  if (first === undefined) return [];
  const text = screenText(warningText(first, look.language));
  const line = first.urgency === 'soon' ? text : createStyle(look.color).warning(text);
  return ['', `${line} ${expiryMessages[look.language].seeExpiry(near.length - 1, instanceOption(look))}`];
}

/** A warning in the list that `kort watch` writes. */
export function expiryWarningLine({ finding }: ExpiryWarning, time: string, language: Language): string {
  const action = actionText(finding, language);
  const text = [warningText(finding, language), ...(action === undefined ? [] : [action])].join(' ');
  return screenText(`${localTime(time)}  ${text}`);
}
