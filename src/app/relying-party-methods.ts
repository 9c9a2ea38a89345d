import { isMiddlewareError } from '../core/errors.js';
import type { RelyingPartyDetails, RelyingPartyFinding } from '../control-contract/relying-parties.js';
import type { ControlHandlers } from '../daemon/control/handlers.js';
import type { RelyingParty } from '../model/relying-party.js';
import type { RelyingPartyStore } from './relying-party-store.js';

/** The `rp.*` methods. */
export function relyingPartyMethods(store: RelyingPartyStore): ControlHandlers {
  return {
    'rp.add': ({ entry }) => describe(store.add(entry)),
    'rp.list': () => ({ relyingParties: store.registry.all.map(summarize) }),
    'rp.show': ({ clientId }) => describe(store.find(clientId)),
    'rp.remove': ({ clientId }) => {
      store.remove(clientId);
      return {};
    },
    'rp.check': (params) => ({
      findings:
        'clientId' in params ? findings(() => store.find(params.clientId)) : findings(() => store.check(params.entry)),
    }),
  };
}

const summarize = ({ clientId, displayName, origins, launchers, source }: RelyingParty) => ({
  clientId,
  displayName,
  origins,
  launchers,
  source,
});

function describe(party: RelyingParty): RelyingPartyDetails {
  const { acrValues, issuers, purposes } = party;
  const keys = party.jwks.keys.map(({ kid, alg }) => ({ kid: String(kid), alg: String(alg) }));
  return { ...summarize(party), acrValues, issuers, purposes, keys };
}

/** One finding for the entry as a whole, or the first thing that is wrong with it. */
function findings(check: () => RelyingParty): RelyingPartyFinding[] {
  try {
    const party = check();
    return [
      { check: 'entry', ok: true },
      { check: 'keys', ok: true, detail: party.jwks.keys.map(({ kid }) => String(kid)).join(', ') },
      { check: 'origins', ok: true, detail: party.origins.join(', ') },
      { check: 'levels', ok: true, detail: party.acrValues.join(', ') },
      { check: 'conflict', ok: true },
    ];
  } catch (error) {
    if (!isMiddlewareError(error)) throw error;
    const { path, detail } = error.fields;
    const failed = error.code === 'ERR_CONFIG_CONFLICT' ? 'conflict' : checkOf(String(path ?? ''));
    return [{ check: failed, ok: false, detail: [path, detail].filter(Boolean).join(': ') }];
  }
}

function checkOf(path: string): RelyingPartyFinding['check'] {
  if (path.startsWith('jwks')) return 'keys';
  if (path.startsWith('origins')) return 'origins';
  if (path.startsWith('acr_values')) return 'levels';
  return path.startsWith('issuers') ? 'issuers' : 'entry';
}
