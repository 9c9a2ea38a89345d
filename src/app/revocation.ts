import { join } from 'node:path';
import type { Clock, Logger } from '../core/ports.js';
import { openRevocationFile } from '../history/revocation-file.js';
import { noRevocationKnowledge, type SettledRevocation } from '../model/revocation.js';
import type { TrustPolicy } from '../model/trust.js';
import { createRevocationWatch, type AskRevocation, type RevocationWatch } from '../operations/revocation-watch.js';
import { evaluateCertificate } from '../pki/path.js';
import { isOutsideHost, lookupOutside } from '../platform/outside-lookup.js';
import type { InstancePaths } from '../platform/paths.js';
import { readRevocationSettings } from '../platform/revocation-settings.js';
import type { TokenRegistry } from '../tokens/token-registry.js';
import { createCheckerFor } from '../verify/revocation.js';
import { fetchOverHttp, type RevocationFetch } from '../verify/revocation-fetch.js';
import type { RevocationVerdict } from '../verify/revocation-verdict.js';

/** What knowledge of revocation is made from. */
export interface RevocationContext {
  readonly paths: InstancePaths;
  /** Its servers are on this computer. */
  readonly sandbox: boolean;
  readonly trust: TrustPolicy;
  readonly tokens: TokenRegistry;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Begins to ask about inserted cards' certificates, unless the configuration forbids it. Closed before the tokens are. */
export async function openRevocation(context: RevocationContext): Promise<RevocationWatch> {
  const { paths, sandbox, trust, logger } = context;
  const folders = sandbox ? [paths.config] : [paths.system, paths.config];
  const { check, mayCall } = readRevocationSettings(
    folders.map((folder) => join(folder, 'revocation.json')),
    ({ code, fields }) => logger.error({ code, ...fields }, 'Settings of revocation are not used'),
  );
  if (!check) return { ...noRevocationKnowledge, close: () => Promise.resolve() };
  const ending = new AbortController();
  const checker = createCheckerFor((url) => mayCall(url.host) && (sandbox || isOutsideHost(url.hostname)), {
    fetch: fetchUntil(ending.signal, sandbox),
  });
  const watch = createRevocationWatch({
    ...context,
    ask: askBy(trust, async (path, at) => await checker.check(path, at)),
    memory: await openRevocationFile(join(paths.state, 'revocation.json'), logger),
  });
  return {
    of: (fingerprint) => watch.of(fingerprint),
    subscribe: (listener) => watch.subscribe(listener),
    close: async () => {
      ending.abort();
      await watch.close();
    },
  };
}

type Check = ReturnType<typeof createCheckerFor>['check'];

/** Only of a certificate whose path leads to the trust policy is any address read. */
function askBy(trust: TrustPolicy, check: Check): AskRevocation {
  return (certificate, at) => {
    const path = evaluateCertificate(certificate, trust, at);
    return path.trusted ? check(path, at).then((verdict) => settled(verdict, at)) : undefined;
  };
}

function settled(verdict: RevocationVerdict, at: number): SettledRevocation {
  const time = (milliseconds: number): string => new Date(milliseconds).toISOString();
  const checkedAt = time(at);
  // An answer without an end counts once; it is shown for as long as one would not ask again.
  const validUntil = verdict.status === 'good' && verdict.validUntil <= at ? at + endlessMs : 0;
  if (verdict.status === 'good') {
    return { status: 'good', checkedAt, validUntil: time(Math.max(verdict.validUntil, validUntil)) };
  }
  if (verdict.status === 'unknown') return { status: 'unknown', checkedAt, reason: verdict.reason };
  const { certificate, revokedAt, reason } = verdict;
  return { status: 'revoked', checkedAt, revokedAt: time(revokedAt), reason, certificate };
}

const endlessMs = 3_600_000;

/** Calls that end with the daemon, and never lead to this computer itself but in a sandbox. */
function fetchUntil(ending: AbortSignal, sandbox: boolean): RevocationFetch {
  const lookup = sandbox ? undefined : lookupOutside;
  return async (call) => await fetchOverHttp({ ...call, signal: AbortSignal.any([call.signal, ending]) }, lookup);
}
