import type { HistoryEntry, HistoryVerdict } from '../model/history.js';
import { knownWord, type Vocabulary } from './report-words.js';

/** How often each kind of thing happened and how it ended; who and when is left out, but for the days at both ends. */
export function shownHistory(entries: readonly HistoryEntry[], verdict: HistoryVerdict | undefined, words: Vocabulary) {
  const counts = new Map<string, number>();
  for (const { event } of entries) {
    const facts: Readonly<Record<string, unknown>> = { ...event };
    const key = ['kind', 'outcome', 'hintCode', 'code', 'launcher', 'what']
      .flatMap((name) => (facts[name] === undefined ? [] : [knownWord(facts[name], words)]))
      .join(' ');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const days = entries.map(({ time }) => time.slice(0, 10)).sort();
  return {
    entries: entries.length,
    firstDay: days.at(0),
    lastDay: days.at(-1),
    counts: Object.fromEntries([...counts].sort()),
    verdict:
      verdict === undefined || verdict.intact
        ? { intact: verdict?.intact, entries: verdict?.entries }
        : { intact: false, line: verdict.line, problem: verdict.problem },
  };
}
