import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exitCodeOfError, exitCodeOfHint, exitCodes } from '../../../src/cli/exit-codes.js';
import { errorCodes } from '../../../src/core/errors.js';

describe('exit codes', () => {
  it('are all documented', () => {
    const table = readFileSync('docs/exit-codes.md', 'utf8');
    for (const status of Object.values(exitCodes)) expect(table).toMatch(new RegExp(`^\\| ${status} `, 'm'));
  });

  it('never say done for an error', () => {
    for (const code of errorCodes) expect(exitCodeOfError(code)).toBeGreaterThan(0);
    for (const hint of ['userCancel', 'pinBlocked', 'cardRemoved', 'unheardOf'])
      expect(exitCodeOfHint(hint)).toBeGreaterThan(0);
  });

  it('count an unknown code as unexpected', () => {
    expect(exitCodeOfError('ERR_FROM_THE_FUTURE')).toBe(1);
  });

  it('keep a wrong PIN apart from a refused login', () => {
    expect([exitCodeOfError('ERR_PIN_WRONG'), exitCodeOfHint('pinBlocked')]).toEqual([4, 4]);
    expect([exitCodeOfError('ERR_PIN_CANCELLED'), exitCodeOfHint('userCancel')]).toEqual([5, 5]);
  });
});
