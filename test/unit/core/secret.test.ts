import { format, inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Secret, wipeableBytes } from '../../../src/core/secret.js';

const planted = '48291375';
const secret = () => Secret.moveFrom(Uint8Array.from(Buffer.from(planted)));

it('moveFrom() wipes its source and keeps the bytes', () => {
  const source = Uint8Array.from(Buffer.from(planted));
  const moved = Secret.moveFrom(source);
  expect(source.every((byte) => byte === 0)).toBe(true);
  expect(moved.length).toBe(planted.length);
  expect(moved.use((bytes) => Buffer.from(bytes).toString())).toBe(planted);
});

it('wipe() leaves zeros', () => {
  const moved = secret();
  moved.wipe();
  expect(moved.use((bytes) => [...bytes])).toEqual(Array.from({ length: planted.length }, () => 0));
});

it.each([
  ['a string', (value: Secret) => value.toString()],
  ['JSON', (value: Secret) => JSON.stringify({ value })],
  ['inspect', (value: Secret) => inspect({ value }, { depth: 9, showHidden: true })],
  ['format', (value: Secret) => format('%s %o %j', value, value, value)],
  ['an error', (value: Secret) => inspect(new Error('failed', { cause: value }))],
])('shows nothing of itself in %s', (_where, show) => {
  const text = show(secret());
  expect(text).toContain('[secret]');
  expect(text).not.toContain(planted);
  expect(text).not.toContain('34 38 32 39');
});

it('keeps its bytes in an ArrayBuffer of their own, which the garbage collector does not move', () => {
  secret().use((bytes) => {
    expect(bytes.byteOffset).toBe(0);
    expect(bytes.buffer.byteLength).toBe(planted.length);
  });
  expect(wipeableBytes(5).buffer.byteLength).toBe(5);
});
