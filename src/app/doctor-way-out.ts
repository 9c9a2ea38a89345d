import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMiddlewareError } from '../core/errors.js';
import { atMost, type Limiter } from '../doctor/at-most.js';
import type { DoctorCheck } from '../doctor/doctor-check.js';
import { checkClock } from '../doctor/checks/clock.js';
import { checkHistory } from '../doctor/checks/history.js';
import { checkIssuers } from '../doctor/checks/issuers.js';
import { checkLinks } from '../doctor/checks/links.js';
import { checkPort, type PortPorts } from '../doctor/checks/port.js';
import { checkProxy } from '../doctor/checks/proxy.js';
import { checkSurfaces } from '../doctor/checks/surfaces.js';
import { checkTls } from '../doctor/checks/tls.js';
import { verifyHistory } from '../history/verify-history.js';
import { createTlsRoots } from '../platform/ca-bundle.js';
import { isClockSynced } from '../platform/clock-sync.js';
import { desktopProxyMode } from '../platform/desktop-proxy.js';
import { createHttpClient } from '../platform/http-client.js';
import { defaultPortOf } from '../platform/instance.js';
import { createLinkRegistration } from '../platform/link-registration.js';
import { describePortOwner } from '../platform/peer-lookup-listener.js';
import { findPinentryProgram, hasDesktop } from '../platform/pinentry-program.js';
import { createServerChains } from '../platform/server-chain.js';
import { tcpProblem } from '../platform/tcp-knock.js';
import { readUserSettings } from '../platform/user-settings.js';
import { openVisits } from './doctor-addresses.js';
import type { DoctorContext } from './doctor-context.js';

/** Of the servers that are called: more would only wait for the processor, and seem slow. */
const connectionsAtOnce = 4;

/** The checks about the way out, and about the history. */
export function wayOutChecks(context: DoctorContext): readonly DoctorCheck[] {
  const { instance, env, clock, daemon } = context;
  const roots = createTlsRoots();
  const chains = createServerChains(roots);
  const limited = atMost(connectionsAtOnce);
  let isPrepared = false;
  const turn: Limiter = async (work) => {
    if (!isPrepared) chains.prepare();
    isPrepared = true;
    return await limited(work);
  };
  const visits = openVisits({ ...context, roots, turn });
  const program = fileURLToPath(new URL('../../bin/kort.js', import.meta.url));
  return [
    checkPort({ daemon, usualPort: defaultPortOf(instance), owner: describePortOwner, knock }),
    checkLinks({
      handler: async () => await createLinkRegistration({ command: [process.execPath, program], instance }).status(),
      needed: async () =>
        (await visits.services()).some(({ launchers, builtIn }) => builtIn !== true && launchers.includes('scheme')),
      program,
      exists: existsSync,
    }),
    checkSurfaces({ daemon, pinentry: () => Promise.resolve(hasPinentry(env)) }),
    checkClock({
      ...visits,
      ...{ clock, daemon, released: releaseTime() },
      zone: env['TZ'],
      isZone,
      synced: isClockSynced,
    }),
    checkProxy({ env, connect: tcpProblem, desktopMode: desktopProxyMode }),
    checkTls({
      addresses: visits.addresses,
      env,
      inspect: async ({ url, trust }, signal) => await turn(() => chains.inspect(url, trust, signal)),
      isReadable,
    }),
    checkIssuers(visits),
    checkHistory({ verify: async () => await verify(context), keptAside: () => keptAside(context) }),
  ];
}

/** Whether a window of the desktop can ask for a PIN, and may. */
function hasPinentry(env: DoctorContext['env']): boolean {
  const settings = readUserSettings();
  if (settings.pinentry === 'off') return false;
  return hasDesktop(env) && findPinentryProgram(settings['pinentry-program']) !== undefined;
}

const wellKnownPath = '/.well-known/kort-oob';

const knock: PortPorts['knock'] = async (host, port, signal) => {
  const url = `http://${host === '::1' ? '[::1]' : host}:${port}${wellKnownPath}`;
  try {
    const { body } = await createHttpClient({ timeoutMs: 3000 }).send({
      method: 'GET',
      url,
      trust: { pins: [] },
      signal,
    });
    const answer: unknown = JSON.parse(new TextDecoder().decode(body));
    const isOurs = typeof answer === 'object' && answer !== null && 'name' in answer && answer.name === 'kort';
    return isOurs ? 'ours' : 'other';
  } catch (error) {
    if (!isMiddlewareError(error, 'ERR_REMOTE_UNREACHABLE')) return 'other';
    const { reason } = error.fields;
    return reason === 'refused' ? 'closed' : reason === 'timeout' ? 'silent' : 'other';
  }
};

/** An installation may set its files' times to anything, but hardly to the future. */
function releaseTime(): number {
  const written = Date.UTC(2026, 10, 1);
  const file = statSync(fileURLToPath(import.meta.url), { throwIfNoEntry: false });
  return Math.max(written, Math.min(file?.mtimeMs ?? 0, written + yearMs));
}

const yearMs = 365 * 86_400_000;

function isZone(zone: string): boolean {
  const name = zone.replace(/^:/, '');
  // POSIX: an own rule (CET-1CEST), or the path of a file.
  if (name.startsWith('/')) return existsSync(name);
  if (/^[A-Za-z]{3,}[+-]?\d/.test(name)) return true;
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

const historyFile = 'history.jsonl';

async function verify({ daemon, paths }: DoctorContext) {
  try {
    return await daemon.ask('history.verify', {});
  } catch (error) {
    if (!isMiddlewareError(error, 'ERR_IPC_DAEMON_UNREACHABLE')) throw error;
    const path = join(paths.state, historyFile);
    if (!existsSync(path)) return { intact: true, entries: 0, first: undefined, head: '' } as const;
    return await verifyHistory(path);
  }
}

function keptAside({ paths }: DoctorContext): readonly string[] {
  try {
    return readdirSync(paths.state).filter((name) => name.startsWith(`${historyFile}.damaged-`));
  } catch {
    return [];
  }
}
