import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Language } from '../../messages/language.js';
import type { OobLaunches, OobService } from '../../oob/oob-service.js';
import { sendError, setCommonHeaders } from './answers.js';
import { fieldsOf, passGate, type Admission } from './gate.js';
import type { HttpError } from './http-errors.js';
import type { LoopbackLimits } from './limits.js';
import { sendRefusalPage } from './page-routes.js';
import type { RateKind, RateLimiter } from './rate-limit.js';
import type { RefusalLog } from './refusal-log.js';
import type { PostPath } from './schemas.js';

export interface AdmitOptions {
  readonly service: OobService;
  readonly launches: OobLaunches;
  readonly logRefusal: RefusalLog;
  readonly limits: LoopbackLimits;
  readonly limiter: RateLimiter;
  /** The bound port, for the Host check. */
  readonly port: () => number;
  readonly chosenLanguage?: () => Language | undefined;
}

/** Steps 3 to 8 of the gate on a request whose header has arrived; answers and returns nothing when one refuses. */
export function admit(
  request: IncomingMessage,
  response: ServerResponse,
  options: AdmitOptions,
): Admission | undefined {
  const { service, launches, logRefusal, limits, port } = options;
  const verdict = passGate(
    { method: request.method, url: request.url, headers: fieldsOf(request.rawHeaders) },
    {
      port: port(),
      bodyBytes: limits.bodyBytes,
      isRegistered: (origin) => origin !== 'null' && service.ownerOfOrigin(origin) !== undefined,
      mayLaunch: (clientId, origin) =>
        origin !== 'null' && launches.ownerOfLaunch({ clientId, launcher: 'redirect', origin }) !== undefined,
    },
  );
  setCommonHeaders(response, verdict.origin);
  if (!verdict.passed) {
    logRefusal({ gate: verdict.step, status: verdict.error.status }, 'Request refused');
    if (verdict.asPage) sendRefusalPage(request, response, verdict.error, options);
    else sendError(response, verdict.error);
    return undefined;
  }
  const limited = countOne(verdict.admission, request.method, options.limiter);
  if (limited) {
    logRefusal({ gate: 'rate', kind: verdict.admission.kind }, 'Request refused');
    if (verdict.admission.kind === 'start') sendRefusalPage(request, response, limited, options);
    else sendError(response, limited);
    return undefined;
  }
  return verdict.admission;
}

/**
 * Step 8. Of /start, each relying party has a budget of its own: only its own pages can spend it, and one that sends the
 * browser here in a circle stops nobody else. The waiting page counts once its id is known to be one.
 */
function countOne(admission: Admission, method: string | undefined, limiter: RateLimiter): HttpError | undefined {
  if (admission.kind === 'start') return limiter(`client ${admission.clientId}`, 'launch');
  if (admission.kind !== 'call' || method !== 'POST') return undefined;
  return limiter(admission.caller.origin ?? 'process', kindOf(admission.path));
}

const kindOf = (path: PostPath): RateKind => (path === '/oob/v1/auth' || path === '/oob/v1/sign' ? 'start' : 'poll');
