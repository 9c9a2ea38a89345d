import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../../src/core/bytes.js';
import type { CardState, FileState, KeyState } from '../../../../src/sandbox/virtual-card/card-state.js';
import { memoryCardStore } from '../../../../src/sandbox/virtual-card/memory-card-store.js';
import { personalize } from '../../../../src/sandbox/virtual-card/personalize.js';
import { VirtualIdPrimeCard } from '../../../../src/sandbox/virtual-card/virtual-idprime-card.js';
import { ascii, testPersonalization } from '../../../support/virtual-card-fixture.js';

/*
 * What OpenSC said to another 940 emulator, said again to ours with the same files. Keys are not the recorded ones, so
 * signatures and plain texts cannot be the same.
 */
type Step = { readonly command: string; readonly answer: string } | { readonly power: string };

function readTrace(version: string): Step[] {
  const path = new URL(`../../../fixtures/traces/idprime940-opensc-${version}.trace`, import.meta.url);
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.flatMap((line, index): Step[] => {
    if (line.startsWith('-- ')) return [{ power: line.slice(3) }];
    const answer = lines[index + 1];
    return line.startsWith('> ') && answer?.startsWith('< ')
      ? [{ command: line.slice(2), answer: answer.slice(2) }]
      : [];
  });
}

/** Puts together every file that the recorded tool has read. */
function recordedFiles(steps: readonly Step[]): FileState[] {
  const files = new Map<number, Uint8Array>();
  let current = 0;
  for (const step of steps) {
    if ('power' in step) continue;
    const { command, answer } = step;
    if (/^00a40[08]0002/.test(command) && answer.startsWith('61')) current = parseInt(command.slice(10), 16);
    if (command.startsWith('00c00000') && answer.startsWith('6f0b8102') && !files.has(current)) {
      files.set(current, new Uint8Array(parseInt(answer.slice(8, 12), 16)));
    }
    if (command.startsWith('00b0') && answer.endsWith('9000')) {
      files.get(current)?.set(fromHex(answer.slice(0, -4)), parseInt(command.slice(4, 8), 16));
    }
  }
  return [...files].map(([fid, content]) => ({ fid, content }));
}

function recordedCard(steps: readonly Step[]): VirtualIdPrimeCard {
  const base = personalize(testPersonalization({ puk: ascii('another puk') }));
  const [rsa, p256, p384] = base.keys as [KeyState, KeyState, KeyState];
  const keys = [rsa, p256, { ...rsa, reference: 0x58 }, { ...p384, reference: 0x59 }];
  const state: CardState = { ...base, keys, files: recordedFiles(steps) };
  return new VirtualIdPrimeCard({ store: memoryCardStore(state) });
}

/** As a T=0 host: a command answered with 6Cxx is said again with that length. */
function send(card: VirtualIdPrimeCard, command: string): string {
  const answer = toHex(card.process(fromHex(command)).response);
  return answer.startsWith('6c')
    ? toHex(card.process(fromHex(command.slice(0, 8) + answer.slice(2))).response)
    : answer;
}

const isRandom = (command: string): boolean => command.startsWith('0084');
const isLifeCycle = (command: string): boolean => command.startsWith('00ca9f7f');
const isSignature = (command: string): boolean => command.startsWith('002a9e9a');

/** What we do otherwise on purpose, or cannot do without the recorded keys. */
const differs = (command: string): boolean => command.startsWith('002a8086') || command.startsWith('002c');

describe.each(['0.23', '0.26'])('VirtualIdPrimeCard with what OpenSC %s said', (version) => {
  const steps = readTrace(version);

  it('answers as recorded', () => {
    const card = recordedCard(steps);
    let compared = 0;
    let skipping = false;
    for (const step of steps) {
      if ('power' in step) {
        if (step.power === 'POWER OFF') card.powerOff();
        else card.reset();
        continue;
      }
      const answer = send(card, step.command);
      const at = `${step.command} (step ${compared})`;
      skipping = differs(step.command) || (skipping && step.command.startsWith('00c0'));
      if (skipping) continue;
      compared += 1;
      if (isSignature(step.command)) {
        expect(answer.slice(-4, -2), at).toBe('90');
        skipping = true;
      } else if (isRandom(step.command)) expect(answer, at).toHaveLength(step.answer.length);
      else if (isLifeCycle(step.command)) expect(answer.slice(0, 28), at).toBe(step.answer.slice(0, 28));
      else expect(answer, at).toBe(step.answer);
    }
    expect(compared).toBeGreaterThan(600);
  });
});
