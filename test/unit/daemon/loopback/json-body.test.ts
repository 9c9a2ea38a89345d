import { describe, expect, it } from 'vitest';
import { checkBody, parseJsonBody } from '../../../../src/daemon/loopback/json-body.js';
import { requestSchemas } from '../../../../src/daemon/loopback/schemas.js';

const parse = (text: string, depth = 4): unknown => parseJsonBody(new TextEncoder().encode(text), depth);

describe('parseJsonBody()', () => {
  it('reads what is shallow enough', () => {
    expect(parse('{"a":[[1]]}', 3)).toEqual({ a: [[1]] });
  });

  it.each(['{"a":[[1]]}', '[[[', ''])('refuses %s', (text) => {
    expect(() => parse(text, 2)).toThrow(expect.objectContaining({ code: 'ERR_OOB_INVALID_PARAMETERS' }));
  });

  it('keeps nothing of a body that is no JSON', () => {
    try {
      parse('planted');
      expect.unreachable();
    } catch (error) {
      expect([String(error), String((error as Error).cause)].join()).not.toContain('planted');
    }
  });
});

describe('checkBody()', () => {
  it('names the field that is wrong, not its value and no name that the caller chose', () => {
    const schema = requestSchemas['/oob/v1/collect'];
    expect(() => checkBody(schema, { orderRef: 'a', waitSeconds: 'planted' })).toThrow(
      /^The body is wrong at body.waitSeconds$/,
    );
    expect(() => checkBody(schema, { orderRef: 'a', planted: 1 })).toThrow(/^((?!planted).)*$/);
  });
});
