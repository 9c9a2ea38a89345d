import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { connect, type ControlClient } from '../../src/client/client.js';
import type { PromptPlace, WaitingPrompt, WirePrompt } from '../../src/control-contract/prompts.js';
import { levelUri } from '../../src/verify/verify.js';
import { OrderBench, until, type PageOrder } from '../support/order-bench.js';
import { startRelyingServer, type RelyingServer } from '../support/relying-server.js';
import { secretOf } from '../support/token-bench.js';

/* Two services ask at once, two cards are in the readers, and two people sit at two surfaces. */
const pin = '123456';
const tolvan = 'TSTNMT2321000156-1024';
/** Longer than a prompt is deaf. */
const afterDeafMs = 700;

/** One of the surfaces, driven by hand. */
interface Sitting {
  readonly client: ControlClient;
  /** Every state that it was shown, and everything else that it was told. */
  readonly shown: WirePrompt[];
  readonly told: unknown[];
  readonly waiting: () => readonly WaitingPrompt[];
}

let bench: OrderBench;
let clinic: RelyingServer;
let pharmacy: RelyingServer;
let sittings: Sitting[] = [];
beforeAll(async () => {
  bench = await OrderBench.start();
  await bench.client.request('prompt.detach', {});
  clinic = await bench.add(await startRelyingServer({ name: 'clinic', launchers: ['page'] }));
  pharmacy = await bench.add(await startRelyingServer({ name: 'pharmacy', launchers: ['page'] }));
  await bench.useCards('tolvan', 'tretton');
}, 60_000);
afterAll(() => bench.close());
beforeEach(async () => {
  for (const { client } of sittings) client.close();
  sittings = [];
  await until(async () => (await bench.client.request('daemon.status', {})).surfaces === 0);
});

/** A login that both cards fit. */
const start = (party: RelyingServer): Promise<PageOrder> =>
  bench.startPage(party, 'auth', { acrValues: [levelUri(3), levelUri(2)] });

async function sitDown(): Promise<Sitting> {
  const client = await connect({ socketPath: bench.daemon.socketPath });
  const sitting = { client, shown: [] as WirePrompt[], told: [] as unknown[], list: [] as readonly WaitingPrompt[] };
  client.on('prompt.show', (prompt) => void sitting.shown.push(prompt));
  client.on('prompt.close', (closed) => void sitting.told.push(closed));
  client.on('prompt.place', (place: PromptPlace) => void sitting.told.push(place));
  client.on('prompt.waiting', ({ waiting }) => {
    sitting.told.push(waiting);
    sitting.list = waiting;
  });
  await client.request('prompt.attach', { kind: 'terminal' });
  const seated = { ...sitting, waiting: () => sitting.list };
  sittings.push(seated);
  return seated;
}

const nameOf = ({ displayName }: RelyingServer): string => displayName;

/** The newest state at this surface, once it asks for the PIN of this service. */
const asked = async ({ shown }: Sitting, party: RelyingServer, state: WirePrompt['state'] = 'pin') =>
  await until(() => {
    const prompt = shown.at(-1);
    return prompt?.state === state && prompt.relyingParty.name.en === nameOf(party) ? prompt : undefined;
  });

const holderOf = ({ candidates, chosen }: WirePrompt): string | undefined =>
  candidates.find(({ id }) => id === chosen)?.holder;

/** Takes this person's card, and types its PIN. */
async function answer(sitting: Sitting, party: RelyingServer, holder: string): Promise<void> {
  await delay(afterDeafMs);
  for (let tries = 0; tries < 200; tries += 1) {
    const prompt = sitting.shown.at(-1);
    if (prompt?.relyingParty.name.en !== nameOf(party)) throw new Error('Another service asks');
    const card = prompt.candidates.find((one) => one.holder === holder);
    if (prompt.state === 'pin' && holderOf(prompt) === holder) {
      await sitting.client.sendPin(prompt.ticket, secretOf(pin), { lastTryConsent: false });
      return;
    }
    if (card !== undefined) {
      await sitting.client.request('prompt.choose', { ticket: prompt.ticket, candidateId: card.id });
    }
    await delay(50);
  }
  throw new Error(`Nobody asks for the PIN of ${holder}`);
}

async function subjectOf(order: PageOrder): Promise<string> {
  const body = await bench.collect(order);
  if (body['status'] !== 'complete') return String(body['hintCode']);
  return (await bench.verify(order.party, order.created, body['assertion'])).subject;
}

it('two orders at two surfaces: each service gets who was chosen for it, and no surface what another is asked', async () => {
  const one = await sitDown();
  const two = await sitDown();
  const atClinic = await start(clinic);
  await until(() => two.shown.length > 0);
  const atPharmacy = await start(pharmacy);
  const [waiting] = await until(() => (one.waiting().length > 0 ? one.waiting() : undefined));
  expect(waiting?.relyingParty.name.en).toBe(nameOf(pharmacy));
  // The second cannot be opened before the first is done, wherever.
  expect(await one.client.request('prompt.pick', { promptId: waiting?.promptId ?? '' })).toEqual({ accepted: false });

  await answer(two, clinic, 'Tolvan Tolvansson');
  expect(await subjectOf(atClinic)).toBe(tolvan);
  // Picked where it was not asked for first: from here on it stands there.
  await until(async () => (await one.client.request('prompt.pick', { promptId: waiting?.promptId ?? '' })).accepted);
  await answer(one, pharmacy, 'Tretton Trettonsson');
  const other = await subjectOf(atPharmacy);
  expect(other).toMatch(/^TSTNMT/);
  expect(other).not.toBe(tolvan);

  const names = ({ shown }: Sitting): ReadonlySet<string> =>
    new Set(shown.map((prompt) => prompt.relyingParty.name.en));
  expect([[...names(one)], [...names(two)]]).toEqual([[nameOf(pharmacy)], [nameOf(clinic)]]);
  // What is asked elsewhere is told without card, tries, code or ticket.
  for (const { told } of sittings) {
    expect(JSON.stringify(told)).not.toMatch(/Tolvansson|Trettonsson|ticket|candidates|attempts|confirmationCode/);
  }
});

it('a PIN with the ticket of one order, sent from the surface of the other, reaches no card', async () => {
  const one = await sitDown();
  const two = await sitDown();
  const atClinic = await start(clinic);
  await until(() => two.shown.some(({ state }) => state === 'pin' || state === 'choose'));
  await start(pharmacy);
  const [waiting] = await until(() => (one.waiting().length > 0 ? one.waiting() : undefined));
  await delay(afterDeafMs);
  const trace = await bench.traced(async () => {
    const ticket = two.shown.at(-1)?.ticket ?? '';
    await one.client.sendPin(ticket, secretOf(pin), { lastTryConsent: true });
    expect(await one.client.request('prompt.acknowledge', { ticket })).toEqual({ accepted: false });
    expect(await one.client.request('prompt.cancel', { promptId: two.shown[0]?.promptId ?? '' })).toEqual({
      accepted: false,
    });
    // Whoever ends the one leaves the other alone.
    await two.client.request('prompt.cancel', { promptId: two.shown[0]?.promptId ?? '' });
    expect(await subjectOf(atClinic)).toBe('userCancel');
    await until(async () => (await one.client.request('prompt.pick', { promptId: waiting?.promptId ?? '' })).accepted);
    await until(() => one.shown.length > 0);
    await delay(afterDeafMs);
    await one.client.sendPin(ticket, secretOf(pin), { lastTryConsent: true });
    await two.client.sendPin(one.shown.at(-1)?.ticket ?? '', secretOf(pin), { lastTryConsent: true });
    await delay(200);
    await one.client.request('prompt.cancel', { promptId: waiting?.promptId ?? '' });
  });
  expect(trace.filter((line) => /^> ..20.*\.\.\*$/.test(line))).toEqual([]);
});

it('the order of a service stands to the end where it was taken, while the other goes on being asked', async () => {
  const one = await sitDown();
  const two = await sitDown();
  const atClinic = await start(clinic);
  await until(() => two.shown.length > 0);
  const atPharmacy = await start(pharmacy);
  await until(() => one.waiting().length > 0);
  expect(await one.client.request('prompt.take', {})).toEqual({ accepted: true });
  await asked(one, clinic, one.shown.at(-1)?.state ?? 'pin');
  await answer(one, clinic, 'Tretton Trettonsson');
  expect(await subjectOf(atClinic)).not.toBe(tolvan);
  const promptId = one.waiting()[0]?.promptId ?? '';
  await until(async () => (await two.client.request('prompt.pick', { promptId })).accepted);
  await answer(two, pharmacy, 'Tolvan Tolvansson');
  expect(await subjectOf(atPharmacy)).toBe(tolvan);
});
