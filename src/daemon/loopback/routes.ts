import type { IncomingMessage } from 'node:http';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { isMiddlewareError } from '../../core/errors.js';
import type { Logger } from '../../core/ports.js';
import type { Language } from '../../messages/language.js';
import type { OobLaunches, OobService } from '../../oob/oob-service.js';
import { addCallRoutes } from './call-routes.js';
import { openApiPath, postPaths, startPath, wellKnownPath } from './endpoints.js';
import { tooLarge, type Admission } from './gate.js';
import { invalidParameters, notFound, toHttpError, type HttpError } from './http-errors.js';
import { parseJsonBody } from './json-body.js';
import type { LoopbackLimits } from './limits.js';
import { openApiDocument } from './openapi.js';
import { addPageRoutes } from './page-routes.js';
import type { RateLimiter } from './rate-limit.js';
import type { RefusalLog } from './refusal-log.js';

export interface RouteOptions {
  readonly service: OobService;
  readonly launches: OobLaunches;
  readonly logger: Logger;
  readonly logRefusal: RefusalLog;
  readonly limits: LoopbackLimits;
  readonly limiter: RateLimiter;
  readonly version: string;
  readonly port: () => number;
  readonly chosenLanguage?: () => Language | undefined;
  /** What a request proved when it passed the gate. */
  readonly admissionOf: (request: IncomingMessage) => Admission;
}

/** Everything behind the gate: the body and the calls of the protocol core. */
export function addRoutes(app: FastifyInstance, options: RouteOptions): void {
  const { version, admissionOf } = options;
  addBodyParser(app, options.limits);
  addErrorAnswers(app, options);

  const wellKnown = {
    name: 'kort',
    protocolVersions: [1],
    version,
    paths: [...postPaths, startPath, openApiPath],
  };
  app.get(wellKnownPath, () => wellKnown);
  const openApi = openApiDocument(version);
  app.get(openApiPath, () => openApi);

  const callerOf = (request: IncomingMessage): Extract<Admission, { kind: 'call' }>['caller'] => {
    const admission = admissionOf(request);
    if (admission.kind !== 'call') throw new Error('The gate and the routes disagree');
    return admission.caller;
  };
  addCallRoutes(app, { ...options, callerOf });
  addPageRoutes(app, options);
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

/** The framework's own complaints about a body. An error of anybody else may have no code. */
function frameworkError(error: { readonly code?: string }, limits: LoopbackLimits): HttpError | undefined {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return tooLarge(limits.bodyBytes);
  if (error.code?.startsWith('FST_ERR_CTP_') === true) return invalidParameters('The body could not be read');
  return undefined;
}
