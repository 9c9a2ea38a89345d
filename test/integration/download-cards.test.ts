import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDownloadWorld, type DownloadWorld } from '../support/download-world.js';

/* The built daemon over the virtual PC/SC service, and the sandbox's issuer over https. */
let world: DownloadWorld;

beforeAll(async () => {
  world = await openDownloadWorld('dlcards', 21_940);
}, 120_000);
afterAll(async () => await world.close());

const certificatesOf = async (): Promise<string[]> => {
  const { certificates } = await world.client.request('certificate.list', {});
  return certificates.filter(({ isCa, usable }) => !isCa && usable).map(({ fingerprint }) => fingerprint);
};

describe('card.run of a download', () => {
  it.each(['tolvan', 'tolvan-500', 'tolvan-piv', 'tolvan-pkcs15', 'tolvan-isoapplet'])(
    'brings a certificate onto the card %s',
    async (card) => {
      await world.insert(card);
      const before = await certificatesOf();
      const { stored, problem } = await world.download(card);
      expect(problem).toBeUndefined();
      await expect.poll(certificatesOf).toEqual(expect.arrayContaining([...before, stored?.fingerprint]));
      expect(world.journal()).toEqual([]);
    },
    60_000,
  );
});
