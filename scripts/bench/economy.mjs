// How many commands each kind of card is asked, and how long that takes on a card as slow as a real one, against OpenSC.
import { setTimeout as delay } from 'node:timers/promises';
import { cards, createHands } from './card-hands.mjs';
import { createLoginRunner } from './login.mjs';
import { median, ms, times } from './table.mjs';

/** IDPrime has a budget for its first sight; what the others need depends on how their files lie. */
const firstSightBudget = { 940: 30, 'MD 840': 30 };
/** Cards that say that they take extended length. */
const takingExtended = ['tolvan-piv', 'tolvan-isoapplet'];
/** A daemon looks at the cards once more when another program has gone, within this time. */
const lookAgainMs = 1200;

/** First sight, second sight and login of every card, in counts, beside those of a reader that takes extended length. */
export async function countCommands({ hands, reader, login, extended, row }) {
  for (const { id, label } of cards) {
    await hands.pull(reader);
    const first = (await hands.insert(id, reader)).commands;
    await hands.pull(reader);
    const known = (await hands.insert(id, reader)).commands;
    const { apduCount: signing } = await login();
    const budget = firstSightBudget[label];
    row(`${label}: commands at first sight`, first, '', budget ?? '', budget === undefined || first <= budget);
    row(`${label}: commands until a known card is ready`, known, '', 5, known <= 5);
    row(`${label}: commands from PIN entry to signature`, signing, '', 7, signing <= 7);
    const long = extended.get(id);
    if (long === undefined) continue;
    row(`${label}: commands at first sight, extended length`, long.first, `${first} short`, '', long.first < first);
    row(
      `${label}: commands to signature, extended length`,
      long.signing,
      `${signing} short`,
      '',
      long.signing <= signing,
    );
  }
}

/** What cards are asked in a reader that takes extended length, by a daemon of its own: no other may see them now. */
export async function countExtended({ hardware, reader, startDaemon, pin }) {
  const long = 'Bench Reader';
  await hardware.client.request('sandbox.remove', { reader });
  await hardware.client.request('sandbox.addReader', { name: long, extendedLength: true });
  const { daemon, certificates } = await startDaemon('extended');
  const hands = createHands(hardware, daemon);
  const login = await createLoginRunner(daemon, certificates, pin);
  const counted = new Map();
  for (const id of takingExtended) {
    const first = (await hands.insert(id, long)).commands;
    counted.set(id, { first, signing: (await login()).apduCount });
    await hands.pull(long);
  }
  await daemon.stop();
  await hardware.client.request('sandbox.removeReader', { reader: long });
  return counted;
}

/** List and sign at the daemon's socket against OpenSC's tools, on the same cards in the same run. */
export async function compareWithOpenSc({ hands, reader, login, opensc, rounds, slow, row }) {
  for (const { id, label } of cards) {
    const list = { ours: [], peer: [] };
    const again = { ours: [], peer: list.peer };
    const sign = { ours: [], peer: [] };
    await hands.pull(reader);
    await hands.insert(id, reader);
    if (slow) await hands.fault(id, 'real-card');
    for (let round = 0; round < rounds; round += 1) {
      await hands.pull(reader);
      await delay(lookAgainMs);
      list.ours.push(await hands.insert(id, reader));
      again.ours.push(await hands.list());
      const before = await hands.commands();
      const { pinToAnswerMs } = await login();
      sign.ours.push({ ms: pinToAnswerMs, commands: (await hands.commands()) - before });
      list.peer.push(await opensc.list());
      sign.peer.push(await opensc.sign());
    }
    compare(`${label}: commands to list a card that is in`, 'OpenSC', again, 'commands', 0.4, row);
    compare(`${label}: commands to list a known card put in`, 'OpenSC', list, 'commands', 0.4, row);
    compare(`${label}: commands of a whole login`, 'pkcs11-tool --sign', sign, 'commands', 0.4, row);
    if (!slow) continue;
    compare(`${label}: time to list a card that is in`, 'OpenSC', again, 'ms', 0.6, row);
    compare(`${label}: time to list a known card put in`, 'OpenSC', list, 'ms', 0.6, row);
    compare(`${label}: time from PIN entry to answer`, 'pkcs11-tool --sign', sign, 'ms', 0.6, row);
    // OpenSC leaves its PIN verified on the card: that state is dropped, and the counter read, before ours is sent.
    row(`${label}: commands to signature on a card that OpenSC left verified`, (await login()).apduCount, '', '', true);
    await hands.fault(id, 'none');
  }
}

function compare(what, peerName, { ours, peer }, figure, budget, row) {
  const show = figure === 'ms' ? ms : String;
  const of = (runs) => median(runs.map((run) => run[figure]));
  const ratio = median(ours.map((run, round) => run[figure] / peer[round][figure]));
  row(
    `${what}, against ${peerName}`,
    `${show(of(ours))}, ${times(ratio)}`,
    show(of(peer)),
    times(budget),
    ratio <= budget,
  );
}
