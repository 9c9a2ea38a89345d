import type { IncomingMessage } from 'node:http';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { isMiddlewareError } from '../../core/errors.js';
import type { Logger } from '../../core/ports.js';
import type { OobService } from '../../oob/oob-service.js';
import { preflightHeaders } from './answers.js';
import { callerOf, tooLarge, wellKnownPath, type PostPath } from './gate.js';
import { invalidParameters, notFound, toHttpError, type HttpError } from './http-errors.js';
import { checkBody, parseJsonBody } from './json-body.js';
import type { LoopbackLimits } from './limits.js';
import type { RefusalLog } from './refusal-log.js';
import { requestSchemas } from './schemas.js';

export interface RouteOptions {
  readonly service: OobService;
  readonly logger: Logger;
  readonly logRefusal: RefusalLog;
  readonly limits: LoopbackLimits;
  readonly version: string;
  /** The registered origin of a request that passed the gate; undefined for a local process. */
  readonly originOf: (request: IncomingMessage) => string | undefined;
}

/** Everything behind the gate: the body and the calls of the protocol core. */
export function addRoutes(app: FastifyInstance, options: RouteOptions): void {
  const { service, limits } = options;
  addBodyParser(app, limits);
  addErrorAnswers(app, options);

  const wellKnown = { name: 'kort', protocolVersions: [1], version: options.version };
  app.get(wellKnownPath, () => wellKnown);

  app.post('/oob/v1/auth', async (request) => {
    const body = checkBody(requestSchemas['/oob/v1/auth'], request.body);
    return service.start(body.request, callerOf(options.originOf(request.raw)), 'auth');
  });

  app.post('/oob/v1/collect', async (request, reply) => {
    const { orderRef, waitSeconds = 0 } = checkBody(requestSchemas['/oob/v1/collect'], request.body);
    const caller = callerOf(options.originOf(request.raw));
    const answer = await service.collect(orderRef, caller, waitSeconds * 1000, signalOf(reply));
    return { orderRef, ...answer };
  });

  app.post('/oob/v1/cancel', async (request) => {
    const { orderRef } = checkBody(requestSchemas['/oob/v1/cancel'], request.body);
    await service.cancel(orderRef, callerOf(options.originOf(request.raw)));
    return {};
  });

  for (const path of Object.keys(requestSchemas) as PostPath[]) {
    app.options(path, (request, reply) => reply.code(204).headers(preflightHeaders(request.raw)).send());
  }
}

function addBodyParser(app: FastifyInstance, limits: LoopbackLimits): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJsonBody(Buffer.from(body), limits.jsonDepth));
    } catch (error) {
      done(error as Error);
    }
  });
}

function addErrorAnswers(app: FastifyInstance, { logger, logRefusal, limits }: RouteOptions): void {
  const answer = (reply: FastifyReply, { status, errorCode, details, headers = {} }: HttpError): FastifyReply =>
    reply.code(status).headers(headers).send({ errorCode, details });

  app.setNotFoundHandler((_request, reply) => answer(reply, notFound));
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const answered = frameworkError(error, limits) ?? toHttpError(error);
    // A client that hung up waits for nothing: what ended its call is no failure, and pages come and go.
    if (answered.status === 500 && !reply.raw.destroyed) logger.error({ error, path: request.url }, 'Call failed');
    // The caller gets one constant answer; whoever runs this daemon finds the reason here, in words of ours alone.
    if (answered.status < 500 && isMiddlewareError(error)) {
      const { code, fields } = error;
      logRefusal({ gate: 'request', path: request.routeOptions.url, code, ...fields }, 'Request refused');
    }
    return answer(reply, answered);
  });
}

/** The framework's own complaints about a body. */
function frameworkError(error: FastifyError, limits: LoopbackLimits): HttpError | undefined {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return tooLarge(limits.bodyBytes);
  if (error.code.startsWith('FST_ERR_CTP_')) return invalidParameters('The body could not be read');
  return undefined;
}

/** Aborted when the client hangs up before its answer. */
function signalOf(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => controller.abort());
  return controller.signal;
}
