import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isMiddlewareError } from '../../core/errors.js';
import type { Logger } from '../../core/ports.js';
import type { Language } from '../../messages/language.js';
import type { RefusalSituation } from '../../messages/waiting-page.js';
import type { OobLaunches } from '../../oob/oob-service.js';
import { acceptedLanguage } from './accept-language.js';
import { hangUpSignal } from './answers.js';
import { startPath, waitRoute, waitTargetOf } from './endpoints.js';
import type { Admission } from './gate.js';
import { notFound, toHttpError, type ErrorWord, type HttpError } from './http-errors.js';
import type { LoopbackLimits } from './limits.js';
import { createLongPolls } from './long-polls.js';
import { pagePolicy } from './page-template.js';
import { launchPage, refusalPage, situationOf, type PageReader } from './pages.js';
import type { RateLimiter } from './rate-limit.js';
import type { RefusalLog } from './refusal-log.js';

export interface PageRouteOptions {
  readonly launches: OobLaunches;
  readonly logger: Logger;
  readonly logRefusal: RefusalLog;
  readonly limits: LoopbackLimits;
  readonly limiter: RateLimiter;
  readonly port: () => number;
  readonly chosenLanguage?: () => Language | undefined;
  readonly admissionOf: (request: IncomingMessage) => Admission;
}

/** Whom a page is made for, besides the request. */
export type PageSituation = Pick<PageRouteOptions, 'port' | 'chosenLanguage'>;

/** What the browser's main frame gets: the start of a launch, and its waiting page. */
export function addPageRoutes(app: FastifyInstance, options: PageRouteOptions): void {
  const { launches, limits, limiter, admissionOf } = options;
  const errorHandler = pageErrorHandler(options);
  const longPolls = createLongPolls(limits.longPolls);

  app.get(startPath, { errorHandler }, async (request, reply) => {
    const admission = admissionOf(request.raw);
    if (admission.kind !== 'start') throw new Error('The gate and the routes disagree');
    const { clientId, ref, origin } = admission;
    const { id } = launches.launch({ clientId, ref, launcher: 'redirect', origin });
    // Another address, so that a reload or a restored tab starts nothing.
    return reply.redirect(waitTargetOf(id), 303);
  });

  app.get(waitRoute, { errorHandler }, async (request, reply) => {
    const admission = admissionOf(request.raw);
    if (admission.kind !== 'wait') throw new Error('The gate and the routes disagree');
    const reader = readerOf(request.raw, options);
    const found = launches.findLaunch(admission.id);
    if (found === 'lost') return sendPage(reply, 410, refusalPage('lost', reader));
    // A link that was opened outside the browser has no page, so its id says nothing here.
    if (found?.launcher !== 'redirect') return sendRefusal(reply, notFound, reader);
    const caller = `client ${found.relyingParty.clientId}`;
    const limited = limiter(caller, 'poll');
    if (limited) return sendRefusal(reply, limited, reader);
    const { state } = found;
    const isNews = admission.seen === undefined || admission.seen !== situationOf(state);
    // A refresh that has nothing new waits for it; the first look at a state never waits.
    await longPolls.run(caller, isNews ? 0 : limits.pageWaitMs, (waitMs) =>
      found.changed(state, waitMs, hangUpSignal(reply.raw)),
    );
    const page = launchPage(found, reader);
    return 'location' in page ? reply.redirect(page.location, 303) : sendPage(reply, page.status, page.html);
  });
}

/** Refuses, before the framework, a navigation that the gate did not let through. */
export function sendRefusalPage(
  request: IncomingMessage,
  response: ServerResponse,
  error: HttpError,
  situation: PageSituation,
): void {
  const html = refusalPage(refusalOf[error.errorCode], readerOf(request, situation));
  response.writeHead(error.status, {
    ...pageHeaders,
    ...error.headers,
    'content-length': Buffer.byteLength(html),
  });
  response.end(html);
}

const pageHeaders = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': pagePolicy };

const refusalOf: Readonly<Record<ErrorWord, RefusalSituation>> = {
  invalidParameters: 'malformed',
  unauthorized: 'refused',
  notFound: 'unknown',
  methodNotAllowed: 'refused',
  requestTimeout: 'internal',
  alreadyInProgress: 'tooMany',
  unsupportedMediaType: 'refused',
  misdirected: 'refused',
  tooManyRequests: 'tooMany',
  internalError: 'internal',
};

const readerOf = (request: IncomingMessage, { port, chosenLanguage }: PageSituation): PageReader => ({
  language: acceptedLanguage(request.headers['accept-language'], chosenLanguage?.()),
  port: port(),
});

const sendPage = (reply: FastifyReply, status: number, html: string): FastifyReply =>
  reply.code(status).headers(pageHeaders).send(html);

const sendRefusal = (reply: FastifyReply, error: HttpError, reader: PageReader): FastifyReply =>
  sendPage(reply.headers(error.headers ?? {}), error.status, refusalPage(refusalOf[error.errorCode], reader));

function pageErrorHandler(options: PageRouteOptions) {
  const { logger, logRefusal } = options;
  return (error: Error, request: FastifyRequest, reply: FastifyReply): void => {
    const answered = toHttpError(error);
    if (answered.status === 500 && !reply.raw.destroyed) {
      logger.error({ error, path: request.routeOptions.url }, 'Page failed');
    }
    if (answered.status < 500 && isMiddlewareError(error)) {
      logRefusal({ gate: 'launch', code: error.code, ...error.fields }, 'Launch refused');
    }
    // A page has nothing to authenticate with: 401 is for request objects.
    const status = answered.status === 401 ? 403 : answered.status;
    void sendRefusal(reply, { ...answered, status }, readerOf(request.raw, options));
  };
}
