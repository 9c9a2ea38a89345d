import { afterEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/sandbox/hardware/fault.js';
import { heldCertificates } from '../../../src/operations/held-certificate.js';
import { openCareStage, type CareStage } from '../../support/care-stage.js';
import { contractCardKinds } from '../../support/contract-cards.js';

let stage: CareStage;
afterEach(() => stage.close());

type Pull = 'remove-before' | 'remove-during';
/** One of each way to write to a card; what the pulls leave on it is the same for either moment, what we saw is not. */
const pulled: readonly (readonly [string, Pull])[] = [
  ['IDPrime 940', 'remove-during'],
  ['IDPrime 940', 'remove-before'],
  ['PIV with an answer to reset of kind yubikey', 'remove-during'],
  ['PKCS #15 with the commands of isoapplet', 'remove-during'],
  ['PKCS #15 with the commands of myeid', 'remove-during'],
];

const fingerprints = (): readonly string[] => stage.held().map(({ certificate }) => certificate.fingerprint);

/** Pulls the card at each command of some work in turn, until the work gets through; returns how often it did not. */
async function pullAtEach(
  kind: Pull,
  work: (fault: Fault) => Promise<unknown>,
  afterwards: (when: string, through: boolean) => Promise<void>,
): Promise<number> {
  for (let apdu = 1; ; apdu += 1) {
    const through = await work({ kind, apdu }).then(
      () => true,
      () => false,
    );
    const isPulled = stage.reader.faults.length === 0;
    if (!isPulled) expect(through, `nothing happened at command ${apdu}`).toBe(true);
    await stage.reinsert();
    await afterwards(`${kind} ${apdu}`, through);
    if (!isPulled) return apdu - 1;
    if (apdu > 400) throw new Error('work never gets through');
  }
}

const open = async (name: string): Promise<string> => {
  stage = await openCareStage(contractCardKinds.find((kind) => kind.name === name)!);
  return stage.held()[0]!.certificate.fingerprint;
};

describe.each(pulled)('a card %s that is pulled (%s)', (name, pull) => {
  /** It is on the card with its key, or its copy can be put back; either is told. */
  const expectNotLost = async (fingerprint: string, others: readonly string[], when: string): Promise<boolean> => {
    const isOn = fingerprints().includes(fingerprint);
    expect(await stage.offCard(), when).toEqual(isOn ? [] : [fingerprint]);
    expect(
      fingerprints().filter((one) => one !== fingerprint),
      when,
    ).toEqual(others);
    return isOn;
  };

  it('at any command of a removal has the certificate, or its copy is there and can be put back', async () => {
    const fingerprint = await open(name);
    const others = fingerprints().filter((one) => one !== fingerprint);
    const pulls = await pullAtEach(
      pull,
      (fault) => stage.remove(fingerprint, { fault }),
      async (when, through) => {
        const isOn = await expectNotLost(fingerprint, others, when);
        if (through) expect(isOn, when).toBe(false);
        const isKept = (await stage.backups.all()).some((backup) => backup.fingerprint === fingerprint);
        if (!isOn) expect(isKept, when).toBe(true);
        if (!isOn) await stage.restore(fingerprint);
        expect(fingerprints().toSorted(), when).toEqual([fingerprint, ...others].toSorted());
        await stage.backups.remove(fingerprint);
      },
    );
    expect(pulls).toBeGreaterThan(4);
  });

  // What a card that is pulled a moment earlier has on it, the command before shows.
  if (pull === 'remove-before') return;

  it('at any command of a restore has the certificate, or its copy is still there and can be put back', async () => {
    const fingerprint = await open(name);
    const others = fingerprints().filter((one) => one !== fingerprint);
    await stage.remove(fingerprint);
    const pulls = await pullAtEach(
      pull,
      (fault) => stage.restore(fingerprint, { fault }),
      async (when, through) => {
        const isOn = await expectNotLost(fingerprint, others, when);
        if (through) expect(isOn, when).toBe(true);
        if (!isOn) await stage.restore(fingerprint);
        expect(fingerprints().toSorted(), when).toEqual([fingerprint, ...others].toSorted());
        await stage.remove(fingerprint);
      },
    );
    expect(pulls).toBeGreaterThan(4);
  });
});

describe.each([['IDPrime 940'], ['PIV with an answer to reset of kind yubikey']])('a card %s', (name) => {
  it('that is pulled at any command of a removal with the key has the certificate, or its copy is there', async () => {
    let pulls = 0;
    for (let through = false; !through;) {
      const fingerprint = await open(name);
      const others = fingerprints().filter((one) => one !== fingerprint);
      const fault = { kind: 'remove-during', apdu: pulls + 1 } as const;
      await stage.remove(fingerprint, { withKey: true, fault }).catch(() => undefined);
      through = stage.reader.faults.length > 0;
      await stage.reinsert();
      const onCard = heldCertificates(stage.registry.entries).map(({ certificate }) => certificate.fingerprint);
      const when = `command ${fault.apdu}`;
      expect(await stage.offCard(), when).toEqual(onCard.includes(fingerprint) ? [] : [fingerprint]);
      expect(
        fingerprints().filter((one) => one !== fingerprint),
        when,
      ).toEqual(others);
      if (onCard.includes(fingerprint)) await stage.remove(fingerprint, { withKey: true });
      expect(await stage.offCard(), when).toEqual([fingerprint]);
      if (!through) pulls += 1;
      await stage.close();
    }
    expect(pulls).toBeGreaterThan(4);
  }, 60_000);
});
