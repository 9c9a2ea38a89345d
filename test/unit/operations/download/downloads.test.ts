import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/core/ports.js';
import { createSandboxCa, type SandboxCa } from '../../../../src/sandbox/ca/sandbox-ca.js';
import {
  openDownloadStage,
  personKey,
  testOrder,
  type DownloadCardKind,
  type DownloadStage,
  type PersonKey,
} from '../../../support/download-stage.js';

let ca: SandboxCa;
let key: PersonKey;
let stage: DownloadStage;

beforeAll(async () => {
  ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
  key = await personKey(ca);
});
afterEach(async () => await stage.close());

const open = async (...more: [kind?: DownloadCardKind, ...rest: unknown[]]): Promise<DownloadStage> =>
  (stage = await openDownloadStage(ca, key, ...(more as [])));

const onCard = async (): Promise<string[]> =>
  (await (await stage.ready()).certificates()).flatMap(({ certificate, key: held }) =>
    held === undefined || certificate.isCa ? [] : [certificate.fingerprint],
  );

describe('createDownloads()', () => {
  it.each<DownloadCardKind>(['IDPrime 940', 'PIV', 'MyEID', 'IsoApplet'])(
    'brings a certificate onto a card of kind %s beside the old one',
    async (kind) => {
      await open(kind);
      const prepared = await stage.begin();
      expect(prepared.question).toMatchObject({ work: 'download', codes: ['pin'], pinUses: 2, lastTry: false });
      const outcome = await stage.run(prepared);
      const issued = stage.issuer.issued.get('order-1');
      expect(issued).toEqual([outcome.stored?.fingerprint]);
      expect(outcome).not.toHaveProperty('problem');
      expect((await onCard()).sort()).toEqual([stage.old, ...(issued ?? [])].sort());
      expect(stage.journal.steps).toEqual(['planned', 'key', 'requested', 'issued', 'stored', 'removed']);
      expect(stage.told).toEqual(['making-key', 'enrolling', 'checking-answer', 'storing', 'proving']);
      expect(stage.downloads.unfinished).toBe(0);
    },
  );

  it('retires what is replaced once the new one has proved itself, and keeps a copy', async () => {
    await open();
    stage.issuer.orders = [testOrder({ kind: 'renewal', replaces: stage.old, cardNumber: '9752269900000000001' })];
    const prepared = await stage.begin();
    expect(prepared.question.leaves?.fingerprint).toBe(stage.old);
    const outcome = await stage.run(prepared);
    expect(outcome.removed?.fingerprint).toBe(stage.old);
    expect(await onCard()).toEqual(stage.issuer.issued.get('order-1'));
    expect([...stage.backups.kept.keys()]).toEqual([stage.old]);
    expect(stage.replaced).toEqual([[stage.old, outcome.stored?.fingerprint]]);
    expect(stage.told.at(-1)).toBe('retiring');
  });
});
