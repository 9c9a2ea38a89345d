import { expect } from 'vitest';
import type { ControlClient } from '../../src/client/client.js';

/** A sandbox as new, with this card in this reader, read. */
export async function freshCard(client: ControlClient, card: string, reader: string): Promise<void> {
  await client.request('sandbox.issuerFault', { fault: 'none' });
  await client.request('sandbox.reset', {});
  const { readers } = await client.request('sandbox.list', {});
  const there = readers.find(({ name }) => name === reader)?.card;
  if (there !== card) {
    if (there !== undefined) await client.request('sandbox.remove', { reader });
    await client.request('sandbox.insert', { card, reader });
  }
  await cardsRead(client, 1);
}

/** Waits until so many cards are read. */
export async function cardsRead(client: ControlClient, count: number): Promise<void> {
  const tokens = async () =>
    (await client.request('status.get', {})).readers.filter(({ token }) => token !== undefined).length;
  await expect.poll(tokens).toBe(count);
}
