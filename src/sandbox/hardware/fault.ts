import { MiddlewareError } from '../../core/errors.js';

/**
 * A fault to arm on a reader, as it crosses the control socket. `apdu` counts commands from arming, the next one is 1.
 *
 * - `remove-before`: the card is pulled; that command never reaches it.
 * - `remove-during`: the card carries the command out and is pulled before its answer gets out.
 * - `remove-after`: the card answers that command and is pulled.
 * - `silence`: from that command on the card never answers, until it is pulled.
 * - `status-word`: the reader answers that command with these four hexadecimal digits instead of the card.
 * - `status-word-after`: the card carries the command out, and these take the place of its answer's status word.
 * - `short-answer`: the card carries the command out, and of its answer only so many bytes, 0 or 1, arrive.
 * - `reset`: another program resets the card before that command, which never reaches it.
 * - `delay`: every answer comes as late as a real card's; stays until faults are cleared.
 */
export type Fault = CountedFault | DelayFault;

export type CountedFault =
  | { readonly kind: PlainKind; readonly apdu: number }
  | { readonly kind: 'status-word' | 'status-word-after'; readonly apdu: number; readonly statusWord: string }
  | { readonly kind: 'short-answer'; readonly apdu: number; readonly length: 0 | 1 };

type PlainKind = 'remove-before' | 'remove-during' | 'remove-after' | 'silence' | 'reset';

export interface DelayFault {
  readonly kind: 'delay';
  readonly perCommandMs: number;
  /** Of command and answer. */
  readonly perByteMs: number;
  /** More for a command in which the card uses a private key. */
  readonly perSignatureMs: number;
}

/** How long a real card takes: 15 ms a command, 0.1 ms a byte, 350 ms an RSA signature. */
export const realCardDelay: DelayFault = { kind: 'delay', perCommandMs: 15, perByteMs: 0.1, perSignatureMs: 350 };

const MAX_DELAY_MS = 60_000;
const MAX_APDU = 1_000_000;

const malformed = (field: string): MiddlewareError =>
  new MiddlewareError('ERR_USAGE', 'Malformed fault', { fields: { field } });

/**
 * Checks a fault that came from outside.
 *
 * @throws {MiddlewareError} ERR_SANDBOX_UNKNOWN for a kind of fault that does not exist, ERR_USAGE (with `field`) for a
 *   missing, extra or unfit field.
 */
export function parseFault(value: unknown): Fault {
  if (typeof value !== 'object' || value === null) throw malformed('fault');
  const record = value as Readonly<Record<string, unknown>>;
  const { kind } = record;
  switch (kind) {
    case 'remove-before':
    case 'remove-during':
    case 'remove-after':
    case 'silence':
    case 'reset':
      rejectOtherFields(record, ['kind', 'apdu']);
      return { kind, apdu: apduField(record) };
    case 'status-word':
    case 'status-word-after':
      rejectOtherFields(record, ['kind', 'apdu', 'statusWord']);
      return { kind, apdu: apduField(record), statusWord: statusWordField(record) };
    case 'short-answer':
      rejectOtherFields(record, ['kind', 'apdu', 'length']);
      return { kind, apdu: apduField(record), length: lengthField(record) };
    case 'delay':
      rejectOtherFields(record, ['kind', 'perCommandMs', 'perByteMs', 'perSignatureMs']);
      return {
        kind,
        perCommandMs: delayField(record, 'perCommandMs'),
        perByteMs: delayField(record, 'perByteMs'),
        perSignatureMs: delayField(record, 'perSignatureMs'),
      };
    default:
      throw new MiddlewareError('ERR_SANDBOX_UNKNOWN', 'No such fault', {
        fields: { kind: 'fault', name: typeof kind === 'string' ? kind : '' },
      });
  }
}

type FaultRecord = Readonly<Record<string, unknown>>;

function rejectOtherFields(record: FaultRecord, allowed: readonly string[]): void {
  const other = Object.keys(record).find((field) => !allowed.includes(field));
  if (other !== undefined) throw malformed(other);
}

function apduField(record: FaultRecord): number {
  const value = record['apdu'];
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_APDU) return value;
  throw malformed('apdu');
}

function statusWordField(record: FaultRecord): string {
  const value = record['statusWord'];
  // ISO/IEC 7816-3:2006 §10.3.3: SW1 is 6X but not 60, or 9X.
  if (typeof value === 'string' && /^(6[1-9a-f]|9[0-9a-f])[0-9a-f]{2}$/i.test(value)) return value.toLowerCase();
  throw malformed('statusWord');
}

function lengthField(record: FaultRecord): 0 | 1 {
  const value = record['length'];
  if (value === 0 || value === 1) return value;
  throw malformed('length');
}

function delayField(record: FaultRecord, field: string): number {
  const value = record[field];
  if (typeof value === 'number' && value >= 0 && value <= MAX_DELAY_MS) return value;
  throw malformed(field);
}
