import type { PinRequest } from '../control-contract/pins.js';
import { sandboxRevocationReasons, type SandboxRevocationReason } from '../model/sandbox-revocation-reason.js';
import type { SandboxFault, SandboxKey } from '../control-contract/sandbox.js';
import { certificateOrderKinds, type CertificateOrderKind } from '../model/certificate-order.js';
import type { UsageMessages } from '../messages/usage.js';
import { usageError } from './usage-error.js';
import { issuerFaults, type IssuerFault } from '../model/issuer-fault.js';

/** Kinds of fault on the command line. */
export const faultKinds = [
  'none',
  'remove-before',
  'remove-after',
  'delay',
  'real-card',
  'silence',
  'reset',
  'status',
  'status-after',
  'short',
] as const;

/** Keys of a virtual keypad on the command line; digits stand for themselves. */
export const padKeys = ['0-9', 'ok', 'cancel', 'timeout'] as const;

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
  nth: number | undefined,
  words: UsageMessages,
  name: string,
): SandboxFault {
  if (value !== undefined && withoutValue.includes(kind)) throw usageError(words.faultTakesNoValue(kind, value));
  if (nth !== undefined && withoutCommand.includes(kind)) throw usageError(words.faultTakesNoCommand(kind));
  const command = nth ?? 1;
  switch (kind) {
    case 'none':
    case 'real-card':
      return { kind };
    case 'remove-before':
      return { kind: 'remove', when: 'before', command };
    case 'remove-after':
      return { kind: 'remove', when: 'after', command };
    case 'silence':
    case 'reset':
      return { kind, command };
    case 'delay':
      return { kind: 'delay', milliseconds: parseInteger(needed(kind, value, words), 'delay', [0, 60_000], words) };
    case 'status':
    case 'status-after':
      return { kind, statusWord: parseHex(needed(kind, value, words), kind, words), command };
    case 'short':
      return { kind, length: parseInteger(needed(kind, value, words), kind, [0, 1], words) === 0 ? 0 : 1, command };
    default:
      throw usageError(`${words.invalidValue(kind, name)}: ${words.oneOf(faultKinds.join(', '))}`);
  }
}

const withoutValue: readonly string[] = ['none', 'remove-before', 'remove-after', 'real-card', 'silence', 'reset'];
const withoutCommand: readonly string[] = ['none', 'delay', 'real-card'];

function needed(kind: keyof UsageMessages['faultNeeds'], value: string | undefined, words: UsageMessages): string {
  if (value === undefined) throw usageError(words.faultNeeds[kind]);
  return value;
}

/**
 * A key of a virtual keypad from the command line.
 *
 * @throws {MiddlewareError} ERR_USAGE.
 */
export function parseKey(text: string, name: string, words: UsageMessages): SandboxKey {
  if (/^\d{1,16}$/.test(text)) return { kind: 'digits', digits: text };
  if (text === 'ok' || text === 'cancel' || text === 'timeout') return { kind: text };
  throw usageError(`${words.invalidValue(text, name)}: ${words.oneOf(padKeys.join(', '))}`);
}

/**
 * Why a certificate is revoked, from the command line.
 *
 * @throws {MiddlewareError} ERR_USAGE.
 */
export function parseReason(text: string, name: string, words: UsageMessages): SandboxRevocationReason {
  return oneOf(sandboxRevocationReasons, text, name, words);
}

/** What shall wait at the sandbox's issuer. @throws {MiddlewareError} ERR_USAGE. */
export function parseOrderKind(text: string, name: string, words: UsageMessages): CertificateOrderKind {
  return oneOf(certificateOrderKinds, text, name, words);
}

/** How the sandbox's issuer shall fail. @throws {MiddlewareError} ERR_USAGE. */
export function parseIssuerFault(text: string, name: string, words: UsageMessages): IssuerFault {
  return oneOf(issuerFaults, text, name, words);
}

/** One of these words. @throws {MiddlewareError} ERR_USAGE. */
export function oneOf<T extends string>(known: readonly T[], text: string, name: string, words: UsageMessages): T {
  const found = known.find((one) => one === text);
  if (found !== undefined) return found;
  throw usageError(`${words.invalidValue(text, name)}: ${words.oneOf(known.join(', '))}`);
}

/**
 * A name or path from the command line.
 *
 * @throws {MiddlewareError} ERR_USAGE when it is empty or holds control characters.
 */
export function parseName(text: string, name: string, words: UsageMessages): string {
  if (text === '') throw usageError(words.empty(name));
  if (/\p{Cc}/u.test(text)) throw usageError(`${words.invalidValue(text, name)}: ${words.controlCharacters}`);
  return text;
}

/** The beginning of a certificate's fingerprint, at least four digits. @throws ERR_USAGE */
export function parseFingerprint(text: string, name: string, words: UsageMessages): string {
  const digits = text.replaceAll(':', '').toLowerCase();
  if (/^[0-9a-f]{4,64}$/.test(digits)) return digits;
  throw usageError(`${words.invalidValue(text, name)}: ${words.fingerprintForm}`);
}

/**
 * A PIN from the command line: by its role, or by the number that the card knows it by.
 *
 * @throws {MiddlewareError} ERR_USAGE.
 */
export function parsePin(text: string, words: UsageMessages): Pick<PinRequest, 'reference' | 'role'> {
  if (text === 'authentication' || text === 'signature') return { role: text };
  if (/^0x[0-9a-fA-F]{1,4}$/.test(text)) return { reference: Number.parseInt(text, 16) };
  throw usageError(`${words.invalidValue(text, '--pin')}: ${words.pinForm}`);
}

/** A fault as it is written on the command line. */
export function faultWords(fault: SandboxFault): string {
  switch (fault.kind) {
    case 'none':
    case 'real-card':
      return fault.kind;
    case 'remove':
      return `remove-${fault.when} --command ${fault.command}`;
    case 'silence':
    case 'reset':
      return `${fault.kind} --command ${fault.command}`;
    case 'status':
    case 'status-after':
      return `${fault.kind} ${fault.statusWord.toString(16).padStart(4, '0')} --command ${fault.command}`;
    case 'short':
      return `short ${fault.length} --command ${fault.command}`;
    case 'delay':
      return `delay ${fault.milliseconds}`;
  }
}

function parseHex(text: string, name: string, words: UsageMessages): number {
  if (/^[0-9a-fA-F]{4}$/.test(text)) return Number.parseInt(text, 16);
  throw usageError(`${words.invalidValue(text, name)}: ${words.notHex}`);
}
