import type { ControlClient } from '../../client/client.js';
import type { AskedKind } from './values.js';

/** A shell waits for it with every key. */
const bound = { timeoutMs: 1000 };
/** Enough of a fingerprint to be one among a person's own. */
const shownDigits = 16;

type Ask = (client: ControlClient) => Promise<readonly string[]>;

const sandbox = (client: ControlClient) => client.request('sandbox.list', {}, bound);

/** Names and numbers of things, never of people. */
const asks: Readonly<Record<AskedKind, Ask>> = {
  card: async (client) => {
    const { readers } = await client.request('status.get', {}, bound);
    return readers.flatMap(({ name, token }) => (token === undefined ? [] : [token.serial, name]));
  },
  reader: async (client) => (await client.request('status.get', {}, bound)).readers.map(({ name }) => name),
  'client-id': async (client) => {
    const { relyingParties } = await client.request('rp.list', {}, bound);
    return relyingParties.map(({ clientId }) => clientId);
  },
  issuer: async (client) => (await client.request('issuer.list', {}, bound)).issuers.map(({ clientId }) => clientId),
  fingerprint: async (client) => {
    const { certificates } = await client.request('certificate.list', {}, bound);
    return certificates.map(({ fingerprint }) => fingerprint.slice(0, shownDigits));
  },
  backup: async (client) => {
    const { backups } = await client.request('certificate.backups', {}, bound);
    return backups.map(({ fingerprint }) => fingerprint.slice(0, shownDigits));
  },
  'expiry-id': async (client) => (await client.request('expiry.get', {}, bound)).findings.map(({ id }) => id),
  download: async (client) => (await client.request('download.list', {}, bound)).downloads.map(({ id }) => id),
  'sandbox-card': async (client) => (await sandbox(client)).cards.map(({ id }) => id),
  'sandbox-reader': async (client) => (await sandbox(client)).readers.map(({ name }) => name),
  'sandbox-place': async (client) =>
    (await sandbox(client)).readers.flatMap(({ name, card }) => [name, ...(card === undefined ? [] : [card])]),
};

/** The values of a kind that the daemon knows now, each once. */
export async function askedValues(kind: AskedKind, client: ControlClient): Promise<readonly string[]> {
  return [...new Set(await asks[kind](client))];
}
