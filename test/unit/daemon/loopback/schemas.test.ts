import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { requestSchemas } from '../../../../src/daemon/loopback/schemas.js';

/** Every property name anywhere in a JSON Schema. */
function fieldNames(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = 'properties' in schema ? Object.keys(schema.properties as object) : [];
  return [...own, ...Object.values(schema).flatMap(fieldNames)];
}

const suspicious = /pin|puk|code|passw|secret/i;
const namesOf = (schema: z.ZodType): string[] => fieldNames(z.toJSONSchema(schema));

describe('requestSchemas', () => {
  it.each(Object.entries(requestSchemas))('%s has no field for a PIN and takes no unknown one', (_path, schema) => {
    const names = namesOf(schema);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => suspicious.test(name))).toEqual([]);
    expect(z.toJSONSchema(schema)).toMatchObject({ additionalProperties: false });
  });

  it('would be found out, however deep the field', () => {
    const bad = z.strictObject({ a: z.array(z.strictObject({ userPin: z.string().optional() })).optional() });
    expect(namesOf(bad).filter((name) => suspicious.test(name))).toEqual(['userPin']);
  });

  it('are those of POST paths that the gate knows', async () => {
    const { passGate } = await import('../../../../src/daemon/loopback/gate.js');
    const rules = { port: 1, bodyBytes: 1, isRegistered: () => false, mayLaunch: () => false };
    const headers = { host: ['127.0.0.1:1'], 'content-type': ['application/json'] };
    for (const url of Object.keys(requestSchemas)) {
      expect(passGate({ method: 'POST', url, headers }, rules).passed).toBe(true);
    }
  });
});
