import { parseArgs } from 'node:util';
import { MiddlewareError } from '../core/errors.js';
import type { LoopbackLimits } from '../daemon/loopback/limits.js';

/** What `kortd` is told on its command line. */
export interface DaemonOptions {
  /** Undefined for the user's ordinary daemon. */
  readonly instance: string | undefined;
  /** Of the loopback endpoint; 0 takes any free one, undefined the instance's own. */
  readonly port: number | undefined;
  /** Virtual readers and cards in this process instead of PC/SC. */
  readonly sandbox: boolean;
  /** Only the virtual readers and cards, for other programs: no tokens, no endpoint. */
  readonly hardwareOnly: boolean;
  /** Plugs the virtual readers into a vpcd on this port and the following ones. */
  readonly vpcdPort: number | undefined;
  /** Keys and certificates are written to IDPrime cards by commands that no public document confirms. */
  readonly idPrimeWriting: boolean;
  /** Orders that one relying party may ask for in a minute; undefined for the shipped limit. */
  readonly startsPerMinute: number | undefined;
  /** Other calls that it may make in a minute. */
  readonly pollsPerMinute: number | undefined;
}

/** @throws {MiddlewareError} ERR_USAGE for anything that is not an option. */
export function parseDaemonOptions(argv: readonly string[]): DaemonOptions {
  const { values } = read(argv);
  return {
    instance: values.instance,
    port: portOf(values.port),
    sandbox: values.sandbox || values['hardware-only'],
    hardwareOnly: values['hardware-only'],
    vpcdPort: portOf(values['vpcd-port']),
    startsPerMinute: countOf(values['starts-per-minute']),
    pollsPerMinute: countOf(values['polls-per-minute']),
    // Virtual cards are known to take them.
    idPrimeWriting: values['experimental-idprime-writing'] || values.sandbox,
  };
}

/** The loopback endpoint's limits, as far as the command line sets them. */
export function loopbackLimitsOf({ startsPerMinute, pollsPerMinute }: DaemonOptions): Partial<LoopbackLimits> {
  return {
    ...(startsPerMinute === undefined ? {} : { startsPerWindow: startsPerMinute }),
    ...(pollsPerMinute === undefined ? {} : { pollsPerWindow: pollsPerMinute }),
  };
}

function read(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      options: {
        instance: { type: 'string' },
        port: { type: 'string' },
        sandbox: { type: 'boolean', default: false },
        'hardware-only': { type: 'boolean', default: false },
        'vpcd-port': { type: 'string' },
        'starts-per-minute': { type: 'string' },
        'polls-per-minute': { type: 'string' },
        'experimental-idprime-writing': { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    throw new MiddlewareError('ERR_USAGE', 'Unknown option', { cause });
  }
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new MiddlewareError('ERR_USAGE', 'Not a port', { fields: { detail: text } });
}

function countOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new MiddlewareError('ERR_USAGE', 'Not a number', { fields: { detail: text } });
}
