import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MiddlewareError } from '../../../src/core/errors.js';
import { createFrameDecoder } from '../../../src/control-contract/frame-decoder.js';
import { encodeFrame, encodeJson, frameKinds, frameLimits } from '../../../src/control-contract/frames.js';

interface Seen {
  readonly kind: string;
  readonly payload: string;
}

function collector(withSecrets = true) {
  const seen: Seen[] = [];
  const lent: Uint8Array[] = [];
  const secret = (kind: string) => (payload: Uint8Array) => {
    seen.push({ kind, payload: Buffer.from(payload).toString('hex') });
    lent.push(payload);
  };
  const json = (text: string): void => void seen.push({ kind: 'json', payload: text });
  const decoder = createFrameDecoder(withSecrets ? { json, pin: secret('pin'), key: secret('key') } : { json });
  return { seen, lent, decoder };
}

/** Cuts bytes at these positions. */
function cut(bytes: Uint8Array, positions: readonly number[]): Uint8Array[] {
  const sorted = [...new Set(positions.map((position) => position % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...sorted].map((start, index) => bytes.slice(start, sorted[index] ?? bytes.length));
}

const frames = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('json' as const), payload: fc.json() }),
    fc.record({
      kind: fc.constantFrom('pin' as const, 'key' as const),
      payload: fc.uint8Array({ maxLength: 49 }).map((bytes) => Buffer.from(bytes).toString('hex')),
    }),
  ),
  { maxLength: 6 },
);

describe('createFrameDecoder()', () => {
  it('gives back every frame, however the stream is cut', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.nat(4096), { maxLength: 12 }), (sent, positions) => {
        const stream = Buffer.concat(
          sent.map(({ kind, payload }) =>
            encodeFrame(frameKinds[kind], Buffer.from(payload, kind === 'json' ? 'utf8' : 'hex')),
          ),
        );
        const { seen, decoder } = collector();
        for (const part of cut(stream, positions)) decoder.push(part);
        expect(seen).toEqual(sent);
        expect(decoder.midFrame).toBe(false);
      }),
    );
  });

  it('ends on random bytes with ERR_IPC_PROTOCOL or waits for more, and never otherwise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const { decoder } = collector();
        try {
          decoder.push(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(MiddlewareError);
          expect((error as MiddlewareError).code).toBe('ERR_IPC_PROTOCOL');
        }
      }),
    );
  });

  it.each([
    ['a length beyond the limit of JSON', [0x00, 0x10, 0x00, 0x02, 0x00]],
    ['the greatest length', [0xff, 0xff, 0xff, 0xff, 0x00]],
    ['a length that leaves no room for the kind', [0x00, 0x00, 0x00, 0x00, 0x00]],
    ['a code longer than a PIN frame carries', [0x00, 0x00, 0x00, 0x53, 0x01]],
    ['kind 7', [0x00, 0x00, 0x00, 0x02, 0x07]],
  ])('refuses %s as soon as the header is there', (_what, header) => {
    const { decoder } = collector();
    expect(() => decoder.push(Uint8Array.from(header))).toThrow(MiddlewareError);
  });

  it('takes a JSON frame of exactly the limit', () => {
    const { seen, decoder } = collector();
    decoder.push(encodeFrame(frameKinds.json, Buffer.alloc(frameLimits.json, ' ')));
    expect(seen[0]?.payload.length).toBe(frameLimits.json);
  });

  it('refuses bytes that are not UTF-8', () => {
    const { decoder } = collector();
    expect(() => decoder.push(encodeFrame(frameKinds.json, Uint8Array.of(0xff)))).toThrow('not UTF-8');
  });

  it('wipes a PIN when its receiver returns, also when the receiver throws', () => {
    const { lent, decoder } = collector();
    decoder.push(encodeFrame(frameKinds.pin, Buffer.from('8351')));
    expect([...(lent[0] ?? [])]).toEqual([0, 0, 0, 0]);
    let kept = new Uint8Array();
    const throwing = createFrameDecoder({
      json: () => undefined,
      pin: (payload) => {
        kept = payload as Uint8Array<ArrayBuffer>;
        throw new Error('planted');
      },
    });
    expect(() => throwing.push(encodeFrame(frameKinds.pin, Buffer.from('8351')))).toThrow('planted');
    expect([...kept]).toEqual([0, 0, 0, 0]);
  });

  it('refuses a PIN before it keeps any of it where nobody receives PINs', () => {
    const { decoder } = collector(false);
    expect(() => decoder.push(Uint8Array.of(0, 0, 0, 5, 1))).toThrow('Unexpected pin frame');
  });

  it('wipe() forgets half a frame', () => {
    const { seen, decoder } = collector();
    decoder.push(encodeFrame(frameKinds.pin, Buffer.from('8351')).subarray(0, 7));
    expect(decoder.midFrame).toBe(true);
    decoder.wipe();
    decoder.push(encodeJson({ a: 1 }));
    expect(seen).toEqual([{ kind: 'json', payload: '{"a":1}' }]);
  });
});
