import type { DoctorFinding } from '../../model/doctor.js';
import { doctorFinding, type DoctorCode } from '../../model/doctor-codes.js';
import type { ServerChain } from '../../model/machine.js';
import { hostOf, type ConfiguredAddress, type Visits } from '../configured-address.js';
import type { DoctorCheck } from '../doctor-check.js';

/** What this check asks of the machine. */
export interface TlsPorts {
  readonly addresses: Visits['addresses'];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Undefined when the server cannot be reached, or its certificate is wrong in another way. Nothing is sent. */
  readonly inspect: (address: ConfiguredAddress, signal: AbortSignal) => Promise<ServerChain | undefined>;
  readonly isReadable: (path: string) => boolean;
}

/** Programs and services that open encrypted connections of others to look into them, by the names in their CAs. */
const inspectors =
  /zscaler|netskope|fortinet|fortigate|blue ?coat|palo ?alto|umbrella|sophos|\beset\b|kaspersky|\bavast|\bavg\b|bitdefender|squid|mitmproxy|charles proxy|fiddler|portswigger|check ?point|forcepoint|mcafee|skyhigh|trellix|smoothwall|untangle|watchguard|barracuda|iboss|menlo security|sonicwall|cloudflare gateway|ssl ?(inspection|intercept|decrypt)|tls ?(inspection|intercept|decrypt)|https ?(inspection|scanning)|web ?(gateway|filter|proxy)/i;

/** Whether somebody sits in the middle of encrypted connections. */
export function checkTls({ addresses, env, inspect, isReadable }: TlsPorts): DoctorCheck {
  return {
    name: 'tls',
    boundMs: 30_000,
    run: async (signal) => {
      const servers = onePerServer((await addresses()).filter(({ url }) => url.startsWith('https:')));
      const found = await Promise.all(
        servers.map(async (address) => findingsOf(hostOf(address), await inspect(address, signal))),
      );
      return [...found.flat(), ...environmentFindings(env, isReadable)];
    },
  };
}

function onePerServer(addresses: readonly ConfiguredAddress[]): readonly ConfiguredAddress[] {
  return [...new Map(addresses.map((address) => [hostOf(address), address])).values()];
}

function findingsOf(host: string, chain: ServerChain | undefined): readonly DoctorFinding<DoctorCode>[] {
  if (chain === undefined || chain.vouchedBy === 'public' || chain.vouchedBy === 'entry') return [];
  const known = chain.issuers.find((name) => inspectors.test(name));
  if (known !== undefined) return [doctorFinding('tls.intercepted', { host, issuer: known })];
  const code = chain.vouchedBy === 'system' ? 'tls.private-root' : 'tls.unknown-issuer';
  return [doctorFinding(code, { host, issuer: chain.issuers.at(-1) })];
}

function environmentFindings(
  env: TlsPorts['env'],
  isReadable: TlsPorts['isReadable'],
): readonly DoctorFinding<DoctorCode>[] {
  const extra = env['NODE_EXTRA_CA_CERTS'] ?? '';
  const keyLog = env['SSLKEYLOGFILE'] ?? '';
  return [
    ...(extra === ''
      ? []
      : [doctorFinding(isReadable(extra) ? 'tls.extra-ca' : 'tls.extra-ca-unreadable', { path: extra })]),
    ...(env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0' ? [doctorFinding('tls.unchecked')] : []),
    ...(keyLog === '' ? [] : [doctorFinding('tls.key-log', { path: keyLog })]),
  ];
}
