import type { ControlClient } from '../../client/client.js';
import type { Language } from '../../messages/language.js';
import type { HistoryEntry } from '../../model/history.js';
import type { NameOf } from './history-texts.js';

/** Longer than this nobody waits for names. */
const namesMs = 3000;

/** Whether services or issuers stand in these, by their ids. */
export const nameParties = (entries: readonly HistoryEntry[]): boolean =>
  entries.some(({ event }) => 'relyingParty' in event || 'issuer' in event);

/** What the registered relying parties and issuers are called; nothing where the daemon does not tell at once. */
export async function partyNames(client: ControlClient, language: Language): Promise<NameOf> {
  const { relyingParties } = await client
    .request('rp.list', {}, { timeoutMs: namesMs })
    .catch(() => ({ relyingParties: [] }));
  const names = new Map(relyingParties.map(({ clientId, displayName }) => [clientId, displayName[language]]));
  return (id) => names.get(id);
}
