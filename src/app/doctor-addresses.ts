import { join } from 'node:path';
import { isMiddlewareError } from '../core/errors.js';
import type { Clock, HttpClient } from '../core/ports.js';
import type { RelyingPartyAddresses } from '../control-contract/relying-parties.js';
import type { Limiter } from '../doctor/at-most.js';
import type { DoctorDaemon } from '../doctor/doctor-check.js';
import type { ConfiguredAddress, Visit, Visits } from '../doctor/configured-address.js';
import { trustOf } from '../oob/remote-answer.js';
import { parseCertificate } from '../pki/certificate.js';
import { revocationAddressesOf } from '../pki/revocation-addresses.js';
import type { TlsRoots } from '../platform/ca-bundle.js';
import { createHttpClient } from '../platform/http-client.js';
import { remoteError } from '../platform/http-client-errors.js';
import { isOutsideHost, lookupOutside } from '../platform/outside-lookup.js';
import type { InstancePaths } from '../platform/paths.js';
import { readRevocationSettings } from '../platform/revocation-settings.js';
import { fetchOverHttp } from '../verify/revocation-fetch.js';
import { RelyingPartyStore } from './relying-party-store.js';

/** What {@link openVisits} works with. */
export interface VisitsContext {
  readonly daemon: DoctorDaemon;
  readonly paths: InstancePaths;
  readonly clock: Clock;
  readonly roots: TlsRoots;
  /** A connection at a time of so many. */
  readonly turn: Limiter;
}

/** A registered service, as far as its addresses go. */
interface Service {
  readonly clientId: string;
  readonly endpoints: RelyingPartyAddresses;
  readonly launchers: readonly string[];
  readonly builtIn?: boolean | undefined;
}

/** Addresses are gathered once, and each is called once, whichever checks ask. */
export function openVisits(context: VisitsContext): Visits & { readonly services: () => Promise<readonly Service[]> } {
  const { roots, turn } = context;
  const http = createHttpClient({ roots });
  const called = new Map<string, Promise<Visit>>();
  let gathered: Promise<readonly ConfiguredAddress[]> | undefined;
  let services: Promise<readonly Service[]> | undefined;
  const servicesOnce = (): Promise<readonly Service[]> => (services ??= readServices(context));
  return {
    services: servicesOnce,
    addresses: () => (gathered ??= gather(context, servicesOnce)),
    visit: (address) => {
      const known = called.get(address.url) ?? turn(() => call(address, http, context));
      called.set(address.url, known);
      return known;
    },
  };
}

/** By the daemon, which knows what is built in; from the files where none answers. */
async function readServices({ daemon, paths }: VisitsContext): Promise<readonly Service[]> {
  try {
    const { relyingParties } = await daemon.ask('rp.list', {});
    return await Promise.all(relyingParties.map(async ({ clientId }) => await daemon.ask('rp.show', { clientId })));
  } catch (error) {
    if (!isMiddlewareError(error)) throw error;
    const inBoth = { system: join(paths.system, 'relying-parties.d'), user: join(paths.config, 'relying-parties.d') };
    return new RelyingPartyStore(inBoth, silence).registry.all;
  }
}

/** What is wrong with files, another check says. */
const silence = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

async function gather(
  context: VisitsContext,
  services: () => Promise<readonly Service[]>,
): Promise<readonly ConfiguredAddress[]> {
  const [registered, revocation] = await Promise.all([services(), revocationAddresses(context)]);
  const all = [...registered.flatMap(addressesOf), ...revocation];
  return [...new Map(all.map((address) => [address.url, address])).values()];
}

function addressesOf({ clientId: service, endpoints }: Service): readonly ConfiguredAddress[] {
  const { request, response, removal, keys, enrollment, caFile, pins } = endpoints;
  const trust = trustOf({ pins, ...(caFile === undefined ? {} : { caFile }) });
  const of = (kind: ConfiguredAddress['kind'], urls: readonly (string | undefined)[]): readonly ConfiguredAddress[] =>
    urls.flatMap((url) => (url === undefined ? [] : [{ url, kind, service, trust }]));
  return [
    ...of('relying-party', [request, response, removal, keys]),
    ...of('issuer', [enrollment?.session, enrollment?.orders, enrollment?.est]),
  ];
}

/**
 * In the certificates of inserted cards. Only of one on a trusted path has the daemon anything to tell about revocation,
 * and the settings may forbid servers.
 */
async function revocationAddresses({ daemon, paths }: VisitsContext): Promise<readonly ConfiguredAddress[]> {
  try {
    const { sandbox } = await daemon.ask('daemon.status', {});
    const { certificates } = await daemon.ask('certificate.list', {});
    const folders = sandbox ? [paths.config] : [paths.system, paths.config];
    const settings = readRevocationSettings(
      folders.map((folder) => join(folder, 'revocation.json')),
      () => undefined,
    );
    if (!settings.check) return [];
    const trusted = certificates.filter(({ revocation }) => revocation !== undefined);
    const found = await Promise.all(trusted.map(async ({ fingerprint }) => await addressesIn(fingerprint, daemon)));
    return found.flat().filter(({ url }) => {
      const { host, hostname } = new URL(url);
      return settings.mayCall(host) && (sandbox || isOutsideHost(hostname));
    });
  } catch (error) {
    if (!isMiddlewareError(error)) throw error;
    return [];
  }
}

async function addressesIn(fingerprint: string, daemon: DoctorDaemon): Promise<readonly ConfiguredAddress[]> {
  const { der } = await daemon.ask('certificate.export', { fingerprint });
  const { ocsp, crl } = revocationAddressesOf(parseCertificate(new Uint8Array(Buffer.from(der, 'base64'))));
  const of = (service: string, urls: readonly string[]): readonly ConfiguredAddress[] =>
    urls.filter(isWeb).map((url) => ({ url, kind: 'revocation', service, trust: { pins: [] } }));
  return [...of('OCSP', ocsp), ...of('CRL', crl)];
}

const isWeb = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

async function call(address: ConfiguredAddress, http: HttpClient, context: VisitsContext): Promise<Visit> {
  const start = context.clock.monotonic();
  const began = context.clock.now();
  try {
    const { status, date } =
      address.kind === 'revocation'
        ? await callRevocation(address, context)
        : await http.send({ method: 'GET', url: address.url, trust: address.trust });
    const milliseconds = Math.round(context.clock.monotonic() - start);
    return { answered: true, status, date, at: began + milliseconds / 2, milliseconds };
  } catch (error) {
    return failed(isMiddlewareError(error) ? error : remoteError(new URL(address.url).host, error));
  }
}

const timeoutMs = 5000;

/** Such servers speak plain http, and lists may be long: the head of the answer is enough. */
async function callRevocation({ url }: ConfiguredAddress, { daemon }: VisitsContext) {
  const { sandbox } = await daemon.ask('daemon.status', {});
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(Object.assign(new Error('Timeout'), { code: 'ETIMEDOUT' })), timeoutMs);
  try {
    const lookup = sandbox ? undefined : lookupOutside;
    const { status } = await fetchOverHttp({ url, method: 'GET', signal: over.signal }, lookup);
    return { status, date: undefined };
  } catch (error) {
    throw over.signal.aborted ? over.signal.reason : error;
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}

const families: Readonly<Record<string, Extract<Visit, { answered: false }>['family']>> = {
  ERR_REMOTE_TLS: 'tls',
  ERR_REMOTE_RESPONSE: 'response',
  ERR_CONFIG_INVALID: 'ca-file',
};

function failed({ code, fields }: ReturnType<typeof remoteError>): Visit {
  const { reason, path } = fields;
  return {
    answered: false,
    family: families[code] ?? 'unreachable',
    reason: String(reason ?? ''),
    ...(typeof path === 'string' ? { path } : {}),
  };
}
