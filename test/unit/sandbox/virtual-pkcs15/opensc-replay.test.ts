import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../../src/core/bytes.js';
import { emptyPkcs15Card } from '../../../../src/sandbox/virtual-pkcs15/empty-card.js';
import { memoryPkcs15Store } from '../../../../src/sandbox/virtual-pkcs15/pkcs15-stores.js';
import { VirtualPkcs15Card } from '../../../../src/sandbox/virtual-pkcs15/virtual-pkcs15-card.js';

/*
 * What OpenSC said to another card of the IsoApplet kind, from the empty card on, said again to ours. Keys that are
 * generated and random padding are not the recorded ones; the imported key is.
 */
type Step = { readonly command: string; readonly answer: string } | { readonly power: string };

function readTrace(version: string): Step[] {
  const path = new URL(`../../../fixtures/traces/pkcs15-isoapplet-opensc-${version}.trace`, import.meta.url);
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.flatMap((line, index): Step[] => {
    if (line.startsWith('-- ')) return [{ power: line.slice(3) }];
    const answer = lines[index + 1];
    return line.startsWith('> ') && answer?.startsWith('< ')
      ? [{ command: line.slice(2), answer: answer.slice(2) }]
      : [];
  });
}

/** Answers that hold a new key, with the curve before the point and the cofactor after it. */
const withoutPoint = (command: string, answer: string): string => {
  if (command.startsWith('0046')) return answer.replace(/864104.*/, '');
  return command.startsWith('00c0') ? `${answer.length} ${answer.slice(-12)}` : answer;
};
/** ECDSA with the key of the card, and PSS: other bytes each time. */
const isRandomSignature = (command: string, answer: string): boolean =>
  command.startsWith('002a9e9a') && (answer.startsWith('30') || command.startsWith('002a9e9a20'));

describe.each(['0.23', '0.26'])('VirtualPkcs15Card with what OpenSC %s said', (version) => {
  it('answers as recorded', () => {
    const card = new VirtualPkcs15Card({ store: memoryPkcs15Store(emptyPkcs15Card({ commandSet: 'isoapplet' })) });
    let compared = 0;
    for (const step of readTrace(version)) {
      if ('power' in step) {
        card.reset();
        continue;
      }
      const { command, answer: expected } = step;
      const answer = toHex(card.process(fromHex(command)).response);
      const at = `${command} (step ${compared})`;
      compared += 1;
      if (isRandomSignature(command, expected)) expect(answer.slice(-4), at).toBe('9000');
      else expect(withoutPoint(command, answer), at).toBe(withoutPoint(command, expected));
    }
    expect(compared).toBeGreaterThan(450);
  });
});
