import type { SandboxFault } from '../control-contract/sandbox.js';
import type { UsageMessages } from '../messages/usage.js';
import { usageError } from './usage-error.js';

/** Kinds of fault on the command line. */
export const faultKinds = ['none', 'remove-before', 'remove-after', 'delay', 'real-card', 'silence', 'status'] as const;

/**
 * A whole number from the command line.
 *
 * @throws {MiddlewareError} ERR_USAGE.
 */
export function parseInteger(
  text: string,
  name: string,
  range: readonly [number, number],
  words: UsageMessages,
): number {
  const [lowest, highest] = range;
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= lowest && value <= highest) return value;
  throw usageError(`${words.invalidValue(text, name)}: ${words.notANumber(lowest, highest)}`);
}

/**
 * A fault from the command line.
 *
 * @throws {MiddlewareError} ERR_USAGE.
 */
export function parseFault(
  kind: string,
  value: string | undefined,
  command: number,
  words: UsageMessages,
): SandboxFault {
  switch (kind) {
    case 'none':
    case 'real-card':
      return { kind };
    case 'remove-before':
      return { kind: 'remove', when: 'before', command };
    case 'remove-after':
      return { kind: 'remove', when: 'after', command };
    case 'silence':
      return { kind: 'silence', command };
    case 'delay':
      return { kind: 'delay', milliseconds: parseInteger(value ?? '', 'delay', [0, 60_000], words) };
    case 'status':
      return { kind: 'status', statusWord: parseHex(value ?? '', words), command };
    default:
      throw usageError(`${words.invalidValue(kind, 'fault')}: ${words.oneOf(faultKinds.join(', '))}`);
  }
}

function parseHex(text: string, words: UsageMessages): number {
  if (/^[0-9a-fA-F]{4}$/.test(text)) return Number.parseInt(text, 16);
  throw usageError(`${words.invalidValue(text, 'status')}: ${words.notHex}`);
}
