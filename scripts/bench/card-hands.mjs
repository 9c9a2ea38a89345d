// Puts sandbox cards into readers and pulls them, watches a daemon notice it, and counts what the cards are asked.
import { setTimeout as delay } from 'node:timers/promises';

/** Natively driven cards of the sandbox, one of each kind. */
export const cards = [
  { id: 'tolvan', label: '940' },
  { id: 'tolvan-500', label: 'MD 840' },
  { id: 'tolvan-piv', label: 'PIV' },
  { id: 'tolvan-pkcs15', label: 'PKCS#15 MyEID' },
  { id: 'tolvan-isoapplet', label: 'PKCS#15 IsoApplet' },
];

/** Hands on the readers of one sandbox, as one daemon sees them. */
export function createHands(hardware, daemon) {
  const hasToken = async () => (await daemon.client.request('status.get', {})).readers.some(({ token }) => token);
  const commands = async () => {
    const { readers } = await hardware.client.request('sandbox.list', {});
    return readers.reduce((sum, { apduCount }) => sum + apduCount, 0);
  };
  return {
    /** Commands that all cards were asked so far, by anybody. */
    commands,
    async pull(reader) {
      await hardware.client.request('sandbox.remove', { reader });
      while (await hasToken()) await delay(5);
    },
    /** Puts a card in; tells what it took until the daemon lists its certificates. */
    async insert(card, reader) {
      const before = await commands();
      const begun = performance.now();
      await hardware.client.request('sandbox.insert', { card, reader });
      while (!(await hasToken())) await delay(5);
      return { ms: performance.now() - begun, commands: (await commands()) - before };
    },
    /** Asks the daemon for what it knows. */
    async list() {
      const before = await commands();
      const begun = performance.now();
      if (!(await hasToken())) throw new Error('No card is listed');
      return { ms: performance.now() - begun, commands: (await commands()) - before };
    },
    async fault(card, kind) {
      await hardware.client.request('sandbox.fault', { card, fault: { kind } });
    },
  };
}
