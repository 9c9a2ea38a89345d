import { isMiddlewareError, type MiddlewareError } from '../core/errors.js';
import type { HttpClient } from '../core/ports.js';
import type {
  RelyingPartyDetails,
  RelyingPartyFinding,
  SkippedRelyingPartyFile,
} from '../control-contract/relying-parties.js';
import type { ControlHandlers } from '../daemon/control/handlers.js';
import type { RelyingParty } from '../model/relying-party.js';
import { liveFindings } from './live-checks.js';
import type { RelyingPartyStore } from './relying-party-store.js';

/** The `rp.*` methods; `http` is for live checks alone. */
export function relyingPartyMethods(store: RelyingPartyStore, http: HttpClient): ControlHandlers {
  return {
    'rp.add': ({ entry }) => describe(store.add(entry), store),
    'rp.list': () => ({
      relyingParties: store.registry.all.map((party) => summarize(party, store)),
      ...(store.skipped.length === 0 ? {} : { skipped: store.skipped.map(describeSkipped) }),
    }),
    'rp.show': ({ clientId }) => describe(store.find(clientId), store),
    'rp.remove': ({ clientId }) => {
      store.remove(clientId);
      return {};
    },
    'rp.check': async (params) => {
      const party = 'clientId' in params ? store.find(params.clientId) : checked(store, params.entry);
      if ('wrong' in party) return { findings: [party.wrong] };
      const live = params.live === undefined ? [] : await liveFindings(party, params.live.pages, http);
      return { findings: [...goodFindings(party), ...live] };
    },
  };
}

function describeSkipped({ fields }: MiddlewareError): SkippedRelyingPartyFile {
  const text = (name: string): string | undefined => (fields[name] === undefined ? undefined : String(fields[name]));
  return { path: text('path') ?? '', reason: text('reason'), field: text('field'), detail: text('detail') };
}

const summarize = ({ clientId, displayName, origins, launchers, source }: RelyingParty, store: RelyingPartyStore) => ({
  clientId,
  displayName,
  origins,
  launchers,
  source,
  ...(store.isBuiltIn(clientId) ? { builtIn: true } : {}),
});

function describe(party: RelyingParty, store: RelyingPartyStore): RelyingPartyDetails {
  const { acrValues, issuers, purposes, endpoints, unbound, pinForEachDocument } = party;
  const keys = party.jwks.keys.map(({ kid, alg }) => ({ kid: String(kid), alg: String(alg) }));
  return { ...summarize(party, store), acrValues, issuers, purposes, keys, endpoints, unbound, pinForEachDocument };
}

function goodFindings({ jwks, origins, acrValues, endpoints }: RelyingParty): RelyingPartyFinding[] {
  const { request, response, removal, keys, enrollment } = endpoints;
  const addresses = [request, response, removal, enrollment?.session, enrollment?.orders, enrollment?.est].filter(
    (address) => address !== undefined,
  );
  return [
    { check: 'entry', ok: true },
    { check: 'keys', ok: true, detail: keys ?? jwks.keys.map(({ kid }) => String(kid)).join(', ') },
    { check: 'origins', ok: true, detail: origins.join(', ') },
    { check: 'levels', ok: true, detail: acrValues.join(', ') },
    ...(addresses.length === 0 ? [] : [{ check: 'endpoints', ok: true, detail: addresses.join(', ') } as const]),
    { check: 'conflict', ok: true },
  ];
}

/** An entry that is in order, or the first thing that is wrong with it. */
function checked(store: RelyingPartyStore, entry: unknown): RelyingParty | { readonly wrong: RelyingPartyFinding } {
  try {
    return store.check(entry);
  } catch (error) {
    if (!isMiddlewareError(error)) throw error;
    const { path, detail, field, reason } = error.fields;
    const failed = error.code === 'ERR_CONFIG_CONFLICT' ? 'conflict' : checkOf(String(field ?? path ?? ''));
    const where = typeof field === 'string' && typeof reason === 'string' ? { field, reason } : {};
    return { wrong: { check: failed, ok: false, detail: [path, detail].filter(Boolean).join(': '), ...where } };
  }
}

function checkOf(path: string): RelyingPartyFinding['check'] {
  if (path.startsWith('jwks')) return 'keys';
  if (/_endpoint$|^ca_file|^pins/.test(path)) return 'endpoints';
  if (path.startsWith('origins')) return 'origins';
  if (path.startsWith('acr_values')) return 'levels';
  return path.startsWith('issuers') ? 'issuers' : 'entry';
}
