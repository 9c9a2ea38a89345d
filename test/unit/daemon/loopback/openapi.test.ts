import { describe, expect, it } from 'vitest';
import { endpointOf, methodsOf } from '../../../../src/daemon/loopback/endpoints.js';
import { errorWords } from '../../../../src/daemon/loopback/http-errors.js';
import { openApiDocument } from '../../../../src/daemon/loopback/openapi.js';
import { requestSchemas } from '../../../../src/daemon/loopback/schemas.js';
import { waitingPageMessages } from '../../../../src/messages/waiting-page.js';

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const document = JSON.parse(JSON.stringify(openApiDocument('1.2.3'))) as Json & {
  readonly info: Json;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
};

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Readonly<{ name: string; in: string; required: boolean; schema: Json }>[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Json }>> };
  readonly responses: Readonly<
    Record<string, { readonly description?: string; readonly content?: Json; readonly headers?: Json }>
  >;
}

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

/** Every object in it, at any depth. */
function within(value: unknown): readonly Json[] {
  if (Array.isArray(value)) return value.flatMap(within);
  return isObject(value) ? [value, ...Object.values(value).flatMap(within)] : [];
}
const propertiesOf = (value: unknown): string[] =>
  within(value).flatMap((object) => (isObject(object['properties']) ? Object.keys(object['properties']) : []));

describe('openApiDocument()', () => {
  it('has what OpenAPI 3.1 asks of a document (§4.8.1, §4.8.2, §4.8.10, §4.8.12, §4.8.16)', () => {
    expect(document['openapi']).toMatch(/^3\.1\.\d+$/);
    expect(document.info).toMatchObject({ title: expect.any(String), version: '1.2.3' });
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of operations) {
      expect(path).toMatch(/^\//);
      const templated = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(inPath.map(({ name, required }) => [name, required])).toEqual(templated.map((name) => [name, true]));
      expect(Object.keys(operation.responses).length).toBeGreaterThan(0);
      for (const [status, response] of Object.entries(operation.responses)) {
        expect(status).toMatch(/^[1-5]\d\d$/);
        expect(response.description).toEqual(expect.any(String));
      }
    }
  });

  it('has no reference to nowhere, and no schema that nobody uses', () => {
    const references = within(document).flatMap((object) =>
      typeof object['$ref'] === 'string' ? [object['$ref']] : [],
    );
    const named = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect(new Set(references)).toEqual(new Set(named));
  });

  it('has every route with its methods, and nothing else', () => {
    const inDocument = operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`).sort();
    const targets = [
      '/.well-known/kort-oob',
      '/openapi.json',
      ...Object.keys(requestSchemas),
      '/oob/v1/start',
      '/oob/v1/wait/{id}',
    ];
    const served = targets.flatMap((path) => {
      const endpoint = endpointOf(path);
      return endpoint ? methodsOf(endpoint).map((method) => `${method} ${path}`) : ['nothing'];
    });
    expect(inDocument).toEqual(served.sort());
  });

  it('has every error code and hint, with the statuses that each comes with, and nothing else', () => {
    const { errorCode } = document.components.schemas['Error']?.['properties'] as Readonly<Record<string, Json>>;
    expect(errorCode?.['enum']).toEqual(Object.keys(errorWords));
    const statuses = new Set(operations.flatMap(({ operation }) => Object.keys(operation.responses)));
    const known = new Set(['200', '204', '303', '410', ...Object.values(errorWords).flat().map(String)]);
    // What a method gets that a path does not have cannot stand at any of its methods.
    known.delete('405');
    expect(statuses).toEqual(known);
    const hints = within(document.components.schemas['Collected']).flatMap((object) =>
      isObject(object['hintCode']) ? (object['hintCode']['enum'] as string[]) : [],
    );
    const { waiting, ends } = waitingPageMessages.en;
    const onPages = [...Object.keys(waiting), ...Object.keys(ends)];
    const notHints = ['fetching', 'delivering', 'noReturn'];
    expect(hints.sort()).toEqual(onPages.filter((word) => !notHints.includes(word)).sort());
  });

  it('tells the limit of a call with each 429', () => {
    for (const { operation } of operations) {
      const limited = operation.responses['429'];
      if (limited) expect(Object.keys(limited.headers ?? {})).toEqual(['Retry-After', 'RateLimit', 'RateLimit-Policy']);
    }
  });

  it('takes its inputs from the schemas that check them: no field for a PIN, no unknown field', () => {
    for (const { operation } of operations) {
      for (const { schema } of Object.values(operation.requestBody?.content ?? {})) {
        const name = String(schema['$ref']).split('/').at(-1) ?? '';
        expect(document.components.schemas[name]).toMatchObject({ type: 'object', additionalProperties: false });
      }
    }
    const parameters = operations.flatMap(({ operation }) => (operation.parameters ?? []).map(({ name }) => name));
    const fields = [...propertiesOf(document), ...parameters];
    expect(fields).toEqual(expect.arrayContaining(['request', 'orderRef', 'client_id', 'ref', 'signatures']));
    // `hintCode` and `errorCode` are words of the protocol, not codes of a card.
    const suspicious = /pin|puk|passw|secret|code$/i;
    expect(fields.filter((name) => suspicious.test(name) && name !== 'hintCode' && name !== 'errorCode')).toEqual([]);
  });
});
