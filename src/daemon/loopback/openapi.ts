import { z } from 'zod';
import { answerSchemas } from './answer-schemas.js';
import { openApiPath, postPaths, startPath, waitRoute, wellKnownPath } from './endpoints.js';
import { errorWords, type ErrorWord } from './http-errors.js';
import { requestSchemas, startQuery, waitParameters, type PostPath } from './schemas.js';

type Json = Readonly<Record<string, unknown>>;

/** What any request can be answered with, wherever it goes. */
const always: readonly ErrorWord[] = ['invalidParameters', 'requestTimeout', 'misdirected', 'internalError'];
const called: readonly ErrorWord[] = [...always, 'unauthorized', 'unsupportedMediaType', 'tooManyRequests'];

/**
 * The endpoint as OpenAPI 3.1, made from the schemas that check its input; the same for everyone.
 *
 * A server is not named: the addresses are relative to where the text was read, whatever port that is.
 */
export function openApiDocument(version: string): Json {
  return {
    openapi: '3.1.1',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'kort: the loopback endpoint for relying parties',
      version,
      description:
        'Protocol version 1. Page and process call by POST; a login page sends the main frame to /oob/v1/start. ' +
        'No call has a field for a PIN. Answers that are refused before they are read have the same form.',
    },
    paths: {
      [wellKnownPath]: { get: constantOperation('wellKnown', 'Name and versions', reference('WellKnown')) },
      [openApiPath]: { get: constantOperation('openApi', 'This text', { type: 'object' }) },
      ...Object.fromEntries(postPaths.map((path) => [path, { post: callOperation(path), options: preflight(path) }])),
      [startPath]: { get: startOperation() },
      [waitRoute.replace(':id', '{id}')]: { get: waitOperation() },
    },
    components: { schemas: { ...schemasOf(answerSchemas), ...schemasOf(bodies) } },
  };
}

/** A body schema's name by its path; two paths with the same body share one. */
const bodyNames: Readonly<Record<PostPath, 'Ask' | 'Collect' | 'Cancel'>> = {
  '/oob/v1/auth': 'Ask',
  '/oob/v1/sign': 'Ask',
  '/oob/v1/collect': 'Collect',
  '/oob/v1/cancel': 'Cancel',
};
const bodies = Object.fromEntries(postPaths.map((path) => [bodyNames[path], requestSchemas[path]]));

interface Call {
  readonly summary: string;
  readonly answer: keyof typeof answerSchemas;
  readonly errors: readonly ErrorWord[];
}

const asks: Omit<Call, 'summary'> = { answer: 'Started', errors: [...called, 'alreadyInProgress'] };
const calls: Readonly<Record<PostPath, Call>> = {
  '/oob/v1/auth': { summary: 'Start a login', ...asks },
  '/oob/v1/sign': { summary: 'Start a signature', ...asks },
  '/oob/v1/collect': {
    summary: 'Ask where an order is; waits up to waitSeconds for a change',
    answer: 'Collected',
    errors: [...called, 'notFound'],
  },
  '/oob/v1/cancel': { summary: 'Cancel an order', answer: 'Cancelled', errors: [...called, 'notFound'] },
};

const operationId = (path: PostPath): string => path.slice(path.lastIndexOf('/') + 1);

function callOperation(path: PostPath): Json {
  const { summary, answer, errors } = calls[path];
  return {
    operationId: operationId(path),
    summary,
    requestBody: { required: true, content: { 'application/json': { schema: reference(bodyNames[path]) } } },
    responses: { '200': json('Done', reference(answer)), ...errorAnswers(errors, json) },
  };
}

function preflight(path: PostPath): Json {
  return {
    operationId: `${operationId(path)}Preflight`,
    summary: 'CORS preflight of a registered origin',
    responses: { '204': { description: 'Allowed' }, ...errorAnswers([...always, 'unauthorized'], json) },
  };
}

function constantOperation(id: string, summary: string, schema: Json): Json {
  return {
    operationId: id,
    summary,
    responses: { '200': json('The same for everyone', schema), ...errorAnswers([...always, 'unauthorized'], json) },
  };
}

function startOperation(): Json {
  return {
    operationId: 'start',
    summary: 'Send the main frame here from a page of a registered origin, with Referrer-Policy: origin',
    parameters: parametersOf(startQuery, { client_id: 'query', ref: 'query' }),
    responses: {
      '303': { description: 'To the waiting page', headers: location },
      ...errorAnswers(['invalidParameters', 'unauthorized', 'tooManyRequests', 'internalError'], page),
      ...errorAnswers(['requestTimeout', 'misdirected'], json),
    },
  };
}

function waitOperation(): Json {
  return {
    operationId: 'wait',
    summary: 'The waiting page; it asks for itself again until the browser can go on',
    parameters: parametersOf(waitParameters, { id: 'path', seen: 'query' }),
    responses: {
      '200': page('What to do now, or how it ended'),
      '303': { description: 'To the address that the relying party named, on a registered origin', headers: location },
      '410': page('Ended by a restart of the daemon'),
      ...errorAnswers(['unauthorized', 'notFound', 'tooManyRequests', 'internalError'], page),
      ...errorAnswers(['invalidParameters', 'requestTimeout', 'misdirected'], json),
    },
  };
}

const location = { Location: { required: true, schema: { type: 'string' } } };
const integerHeader = { schema: { type: 'integer' } };
const textHeader = { schema: { type: 'string' } };
const rateHeaders = { 'Retry-After': integerHeader, RateLimit: textHeader, 'RateLimit-Policy': textHeader };

const reference = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

function json(description: string, schema: Json = reference('Error')): Json {
  return { description, content: { 'application/json': { schema } } };
}

function page(description: string): Json {
  return { description, content: { 'text/html': { schema: { type: 'string' } } } };
}

/** One answer for each status that these words have; 401 is the request object's, which only the calls have. */
function errorAnswers(words: readonly ErrorWord[], form: (description: string) => Json): Json {
  const statuses = words.flatMap((word) => errorWords[word].map((status) => [String(status), word] as const));
  return Object.fromEntries(
    statuses.map(([status, word]) => [
      status,
      { ...form(word), ...(word === 'tooManyRequests' ? { headers: rateHeaders } : {}) },
    ]),
  );
}

function schemasOf(schemas: Readonly<Record<string, z.ZodType>>): Json {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, schemaOf(schema)]));
}

function schemaOf(schema: z.ZodType): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}

function parametersOf<Shape extends z.ZodRawShape>(
  { shape }: z.ZodObject<Shape>,
  places: Readonly<Record<keyof Shape & string, 'path' | 'query'>>,
): readonly Json[] {
  return Object.entries(shape).map(([name, schema]) => ({
    name,
    in: places[name],
    required: !(schema instanceof z.ZodOptional),
    schema: schemaOf(schema as z.ZodType),
  }));
}
