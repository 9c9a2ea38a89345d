import { parseArgs } from 'node:util';
import { MiddlewareError } from '../core/errors.js';

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
    // Virtual cards are known to take them.
    idPrimeWriting: values['experimental-idprime-writing'] || values.sandbox,
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
