import type { ControlClient } from '../../client/client.js';
import { historyMessages } from '../../messages/history.js';
import { localTime } from '../../messages/local-time.js';
import { pinMessages } from '../../messages/pin.js';
import type { HistoryEntry } from '../../model/history.js';
import type { ForeignPinTry, ForeignPinUse } from '../../model/pin-care.js';
import { screenText } from '../../terminal/layout/screen-text.js';
import type { Look } from '../../terminal/look.js';
import { foreignLines, withPrograms } from '../../terminal/texts/pin-lines.js';

/** What other programs did with a card lately: the newest of each kind. */
export interface CardPast {
  readonly tried?: ForeignPinTry;
  /** Since a PIN of the card was last right with us. */
  readonly used?: ForeignPinUse;
  readonly changed?: ForeignPinUse;
}

/** By id of the card. */
export type CardsPast = ReadonlyMap<string, CardPast>;

/** What is older stands in the history alone. */
const recentMs = 30 * 86_400_000;
/** As many as the daemon gives at once. */
const mostEntries = 500;

/** Asks the history; costs no card command. */
export async function readCardsPast(client: ControlClient, now: number): Promise<CardsPast> {
  const { entries } = await client.request('history.list', {
    kinds: ['pin-try', 'foreign-pin-try', 'foreign-use'],
    from: new Date(now - recentMs).toISOString(),
    limit: mostEntries,
  });
  return cardsPast(entries);
}

/** What entries of the history, the newest first, tell of each card. */
export function cardsPast(entries: readonly HistoryEntry[]): CardsPast {
  const past = new Map<string, CardPast>();
  const accepted = new Set<string>();
  for (const { time, event } of entries) {
    if (!('token' in event)) continue;
    const known = past.get(event.token) ?? {};
    if (event.kind === 'pin-try' && event.outcome === 'accepted') accepted.add(event.token);
    else if (event.kind === 'foreign-pin-try') past.set(event.token, { tried: { time, ...event }, ...known });
    else if (event.kind === 'foreign-use' && event.what === 'contents') {
      past.set(event.token, { changed: { time, programs: event.programs }, ...known });
    } else if (event.kind === 'foreign-use' && !accepted.has(event.token)) {
      past.set(event.token, { used: { time, programs: event.programs }, ...known });
    }
  }
  return past;
}

/** The same for people, with what to do about it. */
export function pastLines({ tried, used, changed }: CardPast, { language }: Look): readonly string[] {
  const words = pinMessages[language];
  const { foreignUse } = historyMessages[language];
  return [
    ...foreignLines({ foreignTries: tried === undefined ? [] : [tried], foreignUse: used }, words),
    ...(changed === undefined
      ? []
      : [
          screenText(
            withPrograms(`${foreignUse.contents}, ${words.noticed(localTime(changed.time))}`, changed.programs, words),
          ),
        ]),
  ];
}
