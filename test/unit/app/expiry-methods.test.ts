import { describe, expect, it } from 'vitest';
import { withTimesTold } from '../../../src/app/expiry-methods.js';
import type { HttpAnswer, HttpCall, HttpClient } from '../../../src/core/ports.js';

const answer: HttpAnswer = { status: 200, contentType: 'text/plain', body: new Uint8Array(), date: 1_000, headers: {} };
const call: HttpCall = { method: 'POST', url: 'https://login.example/', trust: { pins: [] } };

async function timesOf(given: Partial<HttpAnswer>, asked: Partial<HttpCall> = {}): Promise<readonly number[]> {
  const told: number[] = [];
  const inner: HttpClient = { send: () => Promise.resolve({ ...answer, ...given }) };
  expect(await withTimesTold(inner, (at) => void told.push(at)).send({ ...call, ...asked })).toEqual({
    ...answer,
    ...given,
  });
  return told;
}

describe('withTimesTold()', () => {
  it('tells the time of a fresh answer, and of none that a cache may have kept or that has none', async () => {
    expect(await timesOf({})).toEqual([1_000]);
    expect(await timesOf({ date: undefined })).toEqual([]);
    expect(await timesOf({ headers: { age: '3600' } })).toEqual([]);
    expect(await timesOf({}, { method: 'GET' })).toEqual([]);
  });
});
