import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { CollectAnswer, OobCaller, OobService } from '../../oob/oob-service.js';
import { hangUpSignal, preflightHeaders } from './answers.js';
import { postPaths } from './endpoints.js';
import { checkBody } from './json-body.js';
import type { LoopbackLimits } from './limits.js';
import { createLongPolls } from './long-polls.js';
import { requestSchemas } from './schemas.js';

export interface CallRouteOptions {
  readonly service: OobService;
  readonly limits: LoopbackLimits;
  /** Who makes a call that passed the gate. */
  readonly callerOf: (request: IncomingMessage) => OobCaller;
}

/** The calls of pages and local programs. */
export function addCallRoutes(app: FastifyInstance, { service, limits, callerOf }: CallRouteOptions): void {
  const longPolls = createLongPolls(limits.longPolls);

  app.post('/oob/v1/auth', async (request) => {
    const body = checkBody(requestSchemas['/oob/v1/auth'], request.body);
    return service.start(body.request, callerOf(request.raw), 'auth');
  });

  app.post('/oob/v1/sign', async (request) => {
    const body = checkBody(requestSchemas['/oob/v1/sign'], request.body);
    return service.start(body.request, callerOf(request.raw), 'sign');
  });

  app.post('/oob/v1/collect', async (request, reply) => {
    const { orderRef, waitSeconds = 0 } = checkBody(requestSchemas['/oob/v1/collect'], request.body);
    const caller = callerOf(request.raw);
    const answer = await longPolls.run(caller.origin ?? 'process', waitSeconds * 1000, (waitMs) =>
      service.collect(orderRef, caller, waitMs, hangUpSignal(reply.raw)),
    );
    return { orderRef, ...asJson(answer) };
  });

  app.post('/oob/v1/cancel', async (request) => {
    const { orderRef } = checkBody(requestSchemas['/oob/v1/cancel'], request.body);
    await service.cancel(orderRef, callerOf(request.raw));
    return {};
  });

  for (const path of postPaths) {
    app.options(path, (request, reply) => reply.code(204).headers(preflightHeaders(request.raw)).send());
  }
}

/** Signatures as base64 of DER. */
function asJson(answer: CollectAnswer): Readonly<Record<string, unknown>> {
  if (!('signatures' in answer)) return { ...answer };
  return { ...answer, signatures: answer.signatures.map((bytes) => Buffer.from(bytes).toString('base64')) };
}
