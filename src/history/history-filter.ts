import type { HistoryEntry, HistoryEvent, HistoryFilter } from '../model/history.js';

/** Whether an entry is one of those wanted. */
export function passesFilter({ time, event }: HistoryEntry, filter: HistoryFilter): boolean {
  const { from, to, kinds, token, relyingParty, failed } = filter;
  if (from !== undefined && Date.parse(time) < Date.parse(from)) return false;
  if (to !== undefined && Date.parse(time) >= Date.parse(to)) return false;
  if (kinds !== undefined && !kinds.includes(event.kind)) return false;
  if (token !== undefined && !isOfCard(event, token)) return false;
  if (relyingParty !== undefined && partyOf(event) !== relyingParty) return false;
  return failed !== true || hasFailed(event);
}

/** By its id, or by the serial number that stands in it. */
function isOfCard(event: HistoryEvent, card: string): boolean {
  const id = 'token' in event ? event.token : undefined;
  return id !== undefined && (id === card || id === `card:${card}` || id.startsWith(`p11:${card}-`));
}

function partyOf(event: HistoryEvent): string | undefined {
  if ('relyingParty' in event) return event.relyingParty;
  return event.kind === 'download' ? event.issuer : undefined;
}

function hasFailed(event: HistoryEvent): boolean {
  if (event.kind === 'pin-try') return event.outcome !== 'accepted';
  return 'outcome' in event && event.outcome === 'failed';
}
