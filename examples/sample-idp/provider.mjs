import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { Provider, interactionPolicy } from 'oidc-provider';
import { claimsByScope } from './accounts.mjs';

const levels = ['http://id.sambi.se/loa/loa2', 'http://id.sambi.se/loa/loa3'];

/** The levels that a client asks for; it must mean them. */
export const levelsAsked = (params) => (params.acr_values ?? levels[1]).split(' ');

/** oidc-provider with kort as the only way to log in. */
export function createProvider({ issuer, clients, accounts }) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return new Provider(issuer, {
    clients: clients.map(clientMetadata),
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'idp-1', use: 'sig', alg: 'ES256' }] },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    acrValues: levels,
    claims: { ...claimsByScope, auth_time: null, iss: null, sid: null },
    scopes: ['openid', 'offline_access', ...Object.keys(claimsByScope)],
    conformIdTokenClaims: false,
    findAccount: accounts.find,
    pkce: { required: () => true },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}`, policy: loginPolicy() },
    // First-party applications: nobody is asked for consent.
    loadExistingGrant: grantEverything,
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: () => true,
    ttl: {
      Session: 8 * 3600,
      Grant: 8 * 3600,
      Interaction: 900,
      AccessToken: 600,
      IdToken: 600,
      RefreshToken: 8 * 3600,
    },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      revocation: { enabled: true },
    },
    // Its guard against calls to loopback addresses stays out: here the applications are there.
    fetch: (url, { dispatcher: _guard, ...options }) => fetch(url, options),
  });
}

function clientMetadata({ id, secret, origin, name, defaultLevels }) {
  return {
    client_id: id,
    client_secret: secret,
    client_name: name,
    redirect_uris: [`${origin}/callback`],
    post_logout_redirect_uris: [`${origin}/`],
    backchannel_logout_uri: `${origin}/backchannel-logout`,
    backchannel_logout_session_required: true,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    id_token_signed_response_alg: 'ES256',
    default_acr_values: defaultLevels,
  };
}

/**
 * A session lasts for a client only at a level that the client asked for, exactly: level 3 does not stand in for level
 * 2, nor level 2 for level 3. Otherwise the user logs in again, at that level.
 */
function loginPolicy() {
  const policy = interactionPolicy.base();
  const { Check } = interactionPolicy;
  policy
    .get('login')
    .checks.add(
      new Check('level', 'the session has another assurance level', ({ oidc }) =>
        oidc.session.accountId !== undefined && !levelsAsked(oidc.params).includes(oidc.acr)
          ? Check.REQUEST_PROMPT
          : Check.NO_NEED_TO_PROMPT,
      ),
    );
  return policy;
}

async function grantEverything({ oidc }) {
  const { provider, client, session, params } = oidc;
  const known = session.grantIdFor(client.clientId);
  const grant =
    (known === undefined ? undefined : await provider.Grant.find(known)) ??
    new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  if (grant.accountId !== session.accountId) return undefined;
  grant.addOIDCScope(params.scope);
  await grant.save();
  return grant;
}
