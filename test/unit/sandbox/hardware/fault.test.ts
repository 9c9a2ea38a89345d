import { describe, expect, it } from 'vitest';
import { FaultPlan } from '../../../../src/sandbox/hardware/fault-plan.js';
import { parseFault, realCardDelay, type Fault } from '../../../../src/sandbox/hardware/fault.js';

const valid: Fault[] = [
  { kind: 'remove-before', apdu: 1 },
  { kind: 'remove-during', apdu: 2 },
  { kind: 'remove-after', apdu: 3 },
  { kind: 'silence', apdu: 1_000_000 },
  { kind: 'reset', apdu: 4 },
  { kind: 'status-word', apdu: 1, statusWord: '6f00' },
  { kind: 'status-word-after', apdu: 1, statusWord: '63c1' },
  { kind: 'short-answer', apdu: 1, length: 0 },
  realCardDelay,
];

describe('parseFault()', () => {
  it.each(valid)('takes $kind back from JSON', (fault) => {
    expect(parseFault(JSON.parse(JSON.stringify(fault)))).toEqual(fault);
  });

  it.each([
    [null, 'fault'],
    ['silence', 'fault'],
    [{ kind: 'silence' }, 'apdu'],
    [{ kind: 'silence', apdu: 0 }, 'apdu'],
    [{ kind: 'silence', apdu: 1.5 }, 'apdu'],
    [{ kind: 'silence', apdu: '1' }, 'apdu'],
    [{ kind: 'silence', apdu: 1, statusWord: '6f00' }, 'statusWord'],
    [{ kind: 'status-word', apdu: 1, statusWord: '6000' }, 'statusWord'],
    [{ kind: 'status-word', apdu: 1, statusWord: '9000a' }, 'statusWord'],
    [{ kind: 'status-word', apdu: 1, statusWord: 0x6f00 }, 'statusWord'],
    [{ kind: 'short-answer', apdu: 1 }, 'length'],
    [{ kind: 'short-answer', apdu: 1, length: 2 }, 'length'],
    [{ kind: 'reset', apdu: 1, length: 1 }, 'length'],
    [{ ...realCardDelay, perByteMs: -1 }, 'perByteMs'],
    [{ ...realCardDelay, perSignatureMs: Number.NaN }, 'perSignatureMs'],
    [{ kind: 'delay', perCommandMs: 1, perByteMs: 1 }, 'perSignatureMs'],
  ])('refuses %j for its %s', (value, field) => {
    expect(() => parseFault(value)).toThrow(expect.objectContaining({ code: 'ERR_USAGE', fields: { field } }));
  });

  it('names a kind that does not exist', () => {
    const expected = { code: 'ERR_SANDBOX_UNKNOWN', fields: { kind: 'fault', name: 'explode' } };
    expect(() => parseFault({ kind: 'explode', apdu: 1 })).toThrow(expect.objectContaining(expected));
    expect(() => parseFault({})).toThrow(expect.objectContaining({ code: 'ERR_SANDBOX_UNKNOWN' }));
  });
});

describe('FaultPlan', () => {
  const kinds = (plan: FaultPlan, count: number): (string | undefined)[] =>
    Array.from({ length: count }, () => plan.next().fault?.kind);

  it('strikes once at the nth command from arming', () => {
    const plan = new FaultPlan();
    plan.next();
    plan.arm({ kind: 'remove-before', apdu: 3 });
    expect(kinds(plan, 5)).toEqual([undefined, undefined, 'remove-before', undefined, undefined]);
    expect(plan.list()).toEqual([]);
  });

  it('counts on when the card changes before', () => {
    const plan = new FaultPlan();
    plan.arm({ kind: 'silence', apdu: 2 });
    plan.next();
    plan.cardRemoved();
    expect(plan.list()).toEqual([{ kind: 'silence', apdu: 1 }]);
    expect(kinds(plan, 2)).toEqual(['silence', 'silence']);
    plan.cardRemoved();
    expect(kinds(plan, 2)).toEqual([undefined, undefined]);
  });

  it('keeps a delay until it is cleared', () => {
    const plan = new FaultPlan();
    plan.arm(realCardDelay);
    plan.cardRemoved();
    expect(plan.next().delay).toEqual(realCardDelay);
    expect(plan.list()).toEqual([realCardDelay]);
    plan.clear();
    expect(plan.next().delay).toBeUndefined();
  });
});
