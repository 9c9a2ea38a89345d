import type { DoctorFinding } from '../../model/doctor.js';
import { doctorFinding, type DoctorCode } from '../../model/doctor-codes.js';
import type { DoctorCheck } from '../doctor-check.js';

/** What this check asks of the machine. */
export interface ProxyPorts {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Undefined when somebody takes a connection there, else why not, as the `reason` of ERR_REMOTE_UNREACHABLE. */
  readonly connect: (host: string, port: number, signal: AbortSignal) => Promise<string | undefined>;
  /** How the desktop is set: undefined where it is not, or does not tell. */
  readonly desktopMode: () => Promise<'manual' | 'auto' | undefined>;
}

const names = ['https_proxy', 'http_proxy', 'all_proxy'] as const;
/** As programs compare them with the host of an address: by the end of the name, or whole. */
const loopbackNames: readonly string[] = ['localhost', '127.0.0.1', '127.0.0.0/8', '*'];

/** Proxies of the environment and the desktop: whether they are there, and whether the way to this computer goes past them. */
export function checkProxy({ env, connect, desktopMode }: ProxyPorts): DoctorCheck {
  return {
    name: 'proxy',
    run: async (signal) => {
      const set = names.flatMap((name) => variablesOf(env, name));
      const found = await Promise.all(
        set.map(async ({ variable, value }) => await findingsOf(variable, value, (...to) => connect(...to, signal))),
      );
      const [first] = set;
      const mode = await desktopMode();
      return [
        ...found.flat(),
        ...(first !== undefined && !excludesLoopback(env)
          ? [doctorFinding('proxy.loopback', { variable: first.variable })]
          : []),
        ...(first === undefined ? [] : [doctorFinding('proxy.not-used', { variable: first.variable })]),
        ...(mode === undefined ? [] : [doctorFinding('proxy.desktop', { mode })]),
      ];
    },
  };
}

interface Variable {
  readonly variable: string;
  readonly value: string;
}

function variablesOf(env: ProxyPorts['env'], name: string): readonly Variable[] {
  return [name, name.toUpperCase()].flatMap((variable) => {
    const value = env[variable] ?? '';
    return value === '' ? [] : [{ variable, value }];
  });
}

/** curl and others take an address without a scheme for one with http. */
async function findingsOf(
  variable: string,
  value: string,
  connect: (host: string, port: number) => Promise<string | undefined>,
): Promise<readonly DoctorFinding<DoctorCode>[]> {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === '') return [doctorFinding('proxy.malformed', { variable })];
  const port = Number(url.port || (defaultPorts[url.protocol] ?? 1080));
  const host = url.hostname.replaceAll(/^\[|\]$/g, '');
  const reason = await connect(host, port);
  return reason === undefined
    ? []
    : [doctorFinding('proxy.unreachable', { variable, host: `${host}:${port}`, reason })];
}

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

function excludesLoopback(env: ProxyPorts['env']): boolean {
  const excluded = [env['no_proxy'], env['NO_PROXY']].flatMap((value) => (value ?? '').toLowerCase().split(/[\s,]+/));
  return excluded.some((name) => loopbackNames.includes(name));
}
