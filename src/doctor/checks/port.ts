import { doctorFinding } from '../../model/doctor-codes.js';
import { askDaemonState } from '../ask-daemon.js';
import type { CheckOutcome, DoctorCheck, DoctorDaemon } from '../doctor-check.js';

/** Addresses that the loopback endpoint has. */
export const loopbackHosts = ['127.0.0.1', '::1'] as const;

/** One of {@link loopbackHosts}. */
export type LoopbackHost = (typeof loopbackHosts)[number];

/** What this check asks of the machine. */
export interface PortPorts {
  readonly daemon: DoctorDaemon;
  /** Where the instance serves logins unless it was told another port. */
  readonly usualPort: number;
  /** Who listens, in words without language; undefined where that cannot be told. */
  readonly owner: (port: number) => Promise<string | undefined>;
  /** Asks for the well-known address: `ours`, an endpoint of this product; `other`, some other answer; `closed`, nobody. */
  readonly knock: (
    host: LoopbackHost,
    port: number,
    signal: AbortSignal,
  ) => Promise<'ours' | 'other' | 'silent' | 'closed'>;
}

/** Whether logins reach the daemon at its port, on both of its addresses, and who else has the port. */
export function checkPort(ports: PortPorts): DoctorCheck {
  return {
    name: 'port',
    run: async (signal) => {
      const state = await askDaemonState(ports.daemon);
      if (state === 'silent') return { notTried: doctorFinding('port.unknown') };
      if (state === 'absent') return await portWithoutDaemon(ports, signal);
      const { port, listening, problemCode, owner } = state.loopback;
      if (listening) return await portOfDaemon(ports, port, signal);
      if (problemCode === undefined) return { notTried: doctorFinding('port.not-served') };
      return [doctorFinding('port.taken', { port, owner: owner ?? (await ports.owner(port)) })];
    },
  };
}

/** No daemon runs: whoever answers there keeps the next one from it. */
async function portWithoutDaemon({ knock, owner, usualPort: port }: PortPorts, signal: AbortSignal) {
  const answers = await Promise.all(loopbackHosts.map((host) => knock(host, port, signal)));
  if (answers.every((answer) => answer === 'closed')) return [];
  const code = answers.includes('ours') ? 'port.other-daemon' : 'port.taken';
  return [doctorFinding(code, { port, owner: await owner(port) })];
}

async function portOfDaemon({ knock, owner }: PortPorts, port: number, signal: AbortSignal): Promise<CheckOutcome> {
  const answers = await Promise.all(
    loopbackHosts.map(async (address) => ({ address, answer: await knock(address, port, signal) })),
  );
  // A host without IPv6 has nobody there.
  const wrong = answers.filter(
    ({ address, answer }) => answer !== 'ours' && (answer !== 'closed' || address !== '::1'),
  );
  return await Promise.all(
    wrong.map(async ({ address, answer }) =>
      answer === 'other'
        ? doctorFinding('port.not-ours', { port, address, owner: await owner(port) })
        : doctorFinding('port.silent', { port, address }),
    ),
  );
}
