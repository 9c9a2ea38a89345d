import { actionText, endDates, expiryMessages, localDate, whatEnds } from '../messages/expiry.js';
import type { ExpiryFinding } from '../model/expiry.js';
import type { CommandContext } from './context.js';
import { screenText } from './screen-text.js';
import { createStyle } from './style.js';

type Look = Pick<CommandContext, 'language' | 'color'>;

/** Ends as a table for people, in their order; what belongs to one stands below it. */
export function expiryLines(findings: readonly ExpiryFinding[], look: Look): readonly string[] {
  const words = expiryMessages[look.language];
  const lefts = findings.map((finding) => (finding.subject === 'clock' ? '' : words.left(endDates(finding))));
  const width = Math.max(...lefts.map(({ length }) => length));
  return findings.flatMap((finding, index) => {
    const isClock = finding.subject === 'clock';
    const date = isClock ? '!'.padEnd(10) : localDate(finding.endsAt);
    const left = (lefts[index] ?? '').padEnd(width);
    const head = `${date}  ${urgent(finding, look) ? createStyle(look.color).warning(left) : left}`;
    const id = createStyle(look.color).dim(`[${finding.id}]`);
    return [
      `${head}  ${screenText(whatEnds(finding, look.language))}  ${id}`,
      ...detailsOf(finding, look).map((line) => `${' '.repeat(12)}${screenText(line)}`),
    ];
  });
}

const urgent = ({ urgency, decisive }: ExpiryFinding, _look: Look): boolean =>
  decisive && (urgency === 'urgent' || urgency === 'past');

function detailsOf(finding: ExpiryFinding, { language }: Look): readonly string[] {
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
