import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/ports.js';
import { Secret } from '../../src/core/secret.js';
import { MiddlewareError } from '../../src/core/errors.js';
import { prove } from '../../src/operations/download/proof.js';
import { createSandboxCa, type SandboxCa } from '../../src/sandbox/ca/sandbox-ca.js';
import {
  downloadPin,
  downloadReader,
  openDownloadStage,
  personKey,
  testOrder,
  type DownloadCardKind,
  type DownloadStage,
  type PersonKey,
} from '../support/download-stage.js';

let ca: SandboxCa;
let key: PersonKey;
let stage: DownloadStage | undefined;

beforeAll(async () => {
  ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
  key = await personKey(ca);
});
afterEach(async () => await stage?.close());

type Pull = 'remove-before' | 'remove-during';

/** Gives up once more commands were asked for than there are. */
const endless = 2000;

/**
 * A renewal in which the card is pulled at one command, and gone on with until it is done; whether it was pulled. What
 * was shown of a card and a journal that were left just so need not be shown again: most commands only read.
 */
async function tear(kind: DownloadCardKind, pull: Pull, apdu: number, seen: Set<string>): Promise<boolean> {
  const opened = (stage = await openDownloadStage(ca, key, kind));
  const { issuer, journal, old, hardware } = opened;
  issuer.orders = [testOrder({ kind: 'renewal', replaces: old })];
  const room = (await (await opened.ready()).room()).keys;
  const prepared = await opened.begin();
  hardware.armFault(downloadReader, { kind: pull, apdu });
  let code = '';
  const first = await opened.run(prepared).catch((error: unknown) => {
    if (!(error instanceof MiddlewareError)) throw error;
    ({ code } = error);
    return undefined;
  });
  const isPulled = hardware.state().readers[0]?.card === undefined;
  const left = JSON.stringify([code, opened.made.changes(), journal.steps]);
  if (isPulled && seen.has(left)) {
    await opened.close();
    return true;
  }
  seen.add(left);
  await opened.reinsert();
  // Whatever was torn, the old certificate can still be used, unless the new one already can.
  const issued = (): readonly string[] => issuer.issued.get('order-1') ?? [];
  expect(await usable(opened)).toEqual(expect.arrayContaining(first === undefined ? [old] : [...issued()]));
  if (first === undefined || journal.records.size > 0) await finish(opened);
  expect(issued()).toHaveLength(1);
  expect(await usable(opened)).toEqual(issued());
  const token = await opened.ready();
  if (room !== undefined) expect((await token.room()).keys).toBe(room);
  expect((await token.retryCounters())[0]).toMatchObject({ blocked: false });
  expect([...opened.backups.kept.keys()]).toEqual([old]);
  await opened.close();
  stage = undefined;
  return isPulled;
}

/** Begins anew, or goes on, as the journal says. */
async function finish(opened: DownloadStage): Promise<void> {
  const goOn = opened.journal.records.size > 0;
  const outcome = await opened.run(goOn ? await opened.resume() : await opened.begin());
  expect(outcome.problem).toBeUndefined();
  expect(opened.journal.records.size).toBe(0);
}

/** Fingerprints of the certificates whose keys sign. */
async function usable(opened: DownloadStage): Promise<readonly string[]> {
  const token = await opened.ready();
  const held = (await token.certificates()).filter(({ certificate }) => !certificate.isCa);
  const { value } = await token.write(
    { pin: Secret.moveFrom(new Uint8Array(Buffer.from(downloadPin))), attemptsShown: 0, lastTryConsent: false },
    async (card) => {
      const signing: string[] = [];
      for (const { certificate, key: own } of held) {
        if (own === undefined) continue;
        await prove(card, own.reference, certificate);
        signing.push(certificate.fingerprint);
      }
      return signing;
    },
  );
  return value;
}

describe('a download whose card is pulled', () => {
  const kinds: readonly DownloadCardKind[] = ['IDPrime 940', 'IDPrime 840', 'PIV', 'MyEID', 'IsoApplet'];
  const cases = kinds.flatMap((kind) => (['remove-before', 'remove-during'] as const).map((pull) => ({ kind, pull })));
  it.each(cases)(
    'ends with exactly one certificate in place of the old one: $kind, $pull each command',
    async ({ kind, pull }) => {
      let apdu = 1;
      const seen = new Set<string>();
      while (await tear(kind, pull, apdu, seen)) {
        apdu += 1;
        if (apdu > endless) throw new Error('the download never ends');
      }
      // As many commands as the shortest download has at least: else nothing was torn.
      expect(apdu).toBeGreaterThan(20);
      expect(seen.size).toBeGreaterThan(6);
    },
    300_000,
  );
});
