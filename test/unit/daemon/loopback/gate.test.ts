import { describe, expect, it } from 'vitest';
import { fieldsOf, passGate, type GateRequest, type GateVerdict } from '../../../../src/daemon/loopback/gate.js';

const origin = 'https://login.tolvan.example';
const rules = {
  port: 14_940,
  bodyBytes: 100,
  isRegistered: (candidate: string) => candidate === origin,
  mayLaunch: () => false,
};

/** Everything wrong at once, mended step by step. */
const wrong: GateRequest = {
  method: 'POST',
  url: '/nothing',
  headers: {
    host: ['attacker.example'],
    origin: ['https://attacker.example'],
    'sec-fetch-mode': ['navigate'],
    'sec-fetch-dest': ['document'],
    'content-type': ['text/plain'],
  },
};
const mend = (request: GateRequest, url: string, headers: GateRequest['headers']): GateRequest => ({
  ...request,
  url,
  headers: { ...request.headers, ...headers },
});
const outcome = (verdict: GateVerdict): readonly unknown[] =>
  verdict.passed ? ['passed', verdict.origin] : [verdict.step, verdict.error.status, verdict.origin];

describe('passGate()', () => {
  it('takes its steps in order, and knows the origin only from its own step on', () => {
    const host = mend(wrong, '/nothing', { host: ['127.0.0.1:14940'] });
    const path = mend(host, '/oob/v1/auth', {});
    const fetched = mend(path, path.url!, { 'sec-fetch-mode': ['cors'], 'sec-fetch-dest': ['empty'] });
    const registered = mend(fetched, path.url!, { origin: [origin] });
    const typed = mend(registered, path.url!, { 'content-type': ['application/json'] });
    expect([wrong, host, path, fetched, registered, typed].map((one) => outcome(passGate(one, rules)))).toEqual([
      ['host', 421, undefined],
      ['endpoint', 404, undefined],
      ['fetch-metadata', 403, undefined],
      ['origin', 403, undefined],
      ['content', 415, origin],
      ['passed', origin],
    ]);
  });

  it('tells which methods a path has', () => {
    const verdict = passGate(
      { ...wrong, method: 'GET', url: '/oob/v1/auth', headers: { host: ['[::1]:14940'] } },
      rules,
    );
    expect(verdict).toMatchObject({ passed: false, error: { headers: { allow: 'POST, OPTIONS' } } });
  });

  it('has no path for anything else', () => {
    for (const url of ['/oob/v1/sig', '/oob/v1/starts', '/oob/v1/wait', '/openapi.jso', 'toString', '__proto__']) {
      const verdict = passGate({ method: 'GET', url, headers: { host: ['127.0.0.1:14940'] } }, rules);
      expect(outcome(verdict)).toEqual(['endpoint', 404, undefined]);
    }
  });

  it('takes a caller for a page where an origin was proved, else for a process', () => {
    const call = {
      method: 'POST',
      url: '/oob/v1/sign',
      headers: { host: ['127.0.0.1:14940'], 'content-type': ['application/json'] },
    };
    const page = { ...call.headers, origin: [origin], 'sec-fetch-mode': ['cors'], 'sec-fetch-dest': ['empty'] };
    const callers = [passGate(call, rules), passGate({ ...call, headers: page }, rules)].map(
      (verdict) => verdict.passed && verdict.admission.kind === 'call' && verdict.admission.caller,
    );
    expect(callers).toEqual([
      { launcher: 'process', origin: undefined },
      { launcher: 'page', origin },
    ]);
  });
});

describe('fieldsOf()', () => {
  it('keeps every value of a field, and takes any name for a field', () => {
    const raw = ['Host', 'a', 'HOST', 'b', '__proto__', 'c', 'constructor', 'd', 'Origin', ''];
    expect(Object.entries(fieldsOf(raw))).toEqual([
      ['host', ['a', 'b']],
      ['__proto__', ['c']],
      ['constructor', ['d']],
      ['origin', ['']],
    ]);
  });
});
