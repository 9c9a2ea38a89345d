import type { HttpAnswer, HttpCall, HttpClient } from '../../src/core/ports.js';

/** An HTTP client that remembers the calls and answers as it is told. */
export interface ScriptedHttp extends HttpClient {
  readonly calls: HttpCall[];
  /** The answer to each call from now on; an error is thrown. */
  answer: (call: HttpCall) => Partial<HttpAnswer> | Error | Promise<Partial<HttpAnswer> | Error>;
}

export function scriptedHttp(): ScriptedHttp {
  const http: ScriptedHttp = {
    calls: [],
    answer: () => new Error('no call is expected'),
    async send(call) {
      http.calls.push(call);
      const answer = await http.answer(call);
      if (answer instanceof Error) throw answer;
      return { status: 200, contentType: '', body: new Uint8Array(), date: undefined, headers: {}, ...answer };
    },
  };
  return http;
}

/** An answer of JSON. */
export function jsonAnswer(value: unknown, more: Partial<HttpAnswer> = {}): Partial<HttpAnswer> {
  return { contentType: 'application/json', body: Buffer.from(JSON.stringify(value)), ...more };
}
