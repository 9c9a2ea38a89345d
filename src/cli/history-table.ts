import { historyText } from '../terminal/texts/history-texts.js';
import type { HistoryEntry } from '../model/history.js';
import type { Language } from '../messages/language.js';

/** Names of what an entry may hold, which are those of the JSON. */
const columns = ['token', 'certificate', 'relyingParty', 'level', 'outcome', 'hintCode', 'attemptsRemaining'] as const;

/** Entries as a table (RFC 4180) for spreadsheet programs: sequence, time and kind, the fields that matter, the sentence. */
export function historyTable(entries: readonly HistoryEntry[], language: Language): string {
  const rows = entries.map((entry) => {
    const event: Partial<Record<string, unknown>> = { ...entry.event };
    const certificate = event['certificate'] ?? event['fingerprint'];
    const relyingParty = event['relyingParty'] ?? event['issuer'];
    const { sentence, facts } = historyText(entry, language);
    return [
      entry.sequence,
      entry.time,
      entry.event.kind,
      ...columns.map((name) => ({ ...event, certificate, relyingParty })[name as string]),
      [sentence, ...facts].join(' · '),
    ];
  });
  return [['sequence', 'time', 'kind', ...columns, 'text'], ...rows]
    .map((row) => `${row.map(cellOf).join(',')}\r\n`)
    .join('');
}

/** A cell that begins like a formula would be calculated by the program that opens the table. */
function cellOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  const text = typeof value === 'string' ? value : '';
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
