import fc from 'fast-check';
import { expect, it } from 'vitest';
import { concatBytes } from '../../../src/core/bytes.js';
import { frameHeader, FrameDecoder, type Frame } from '../../../src/pkcs11/frames.js';
import { tokenContents, useRequest } from '../../../src/pkcs11/protocol-codec.js';
import { WireReader, WireWriter } from '../../../src/pkcs11/wire.js';

it('FrameDecoder gives every frame back, however the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }),
      fc.integer({ min: 1, max: 40 }),
      (payloads, step) => {
        const stream = concatBytes(...payloads.flatMap((p, id) => [frameHeader(id, 2, p.length), p]));
        const frames: Frame[] = [];
        const decoder = new FrameDecoder(1000);
        for (let at = 0; at < stream.length; at += step) {
          decoder.push(stream.subarray(at, at + step), (frame) => frames.push(frame));
        }
        expect(frames.map(({ id, kind, payload }) => [id, kind, Buffer.from(payload)])).toEqual(
          payloads.map((payload, id) => [id, 2, Buffer.from(payload)]),
        );
      },
    ),
  );
});

it.each([0, 4, 1001, 0xffffffff])(
  'FrameDecoder refuses a frame of %d bytes before there is memory for it',
  (length) => {
    const header = Buffer.alloc(4);
    header.writeUInt32BE(length);
    expect(() => new FrameDecoder(1000).push(header, () => undefined)).toThrow(
      expect.objectContaining({ code: 'ERR_MODULE_RESPONSE' }),
    );
  },
);

it('codecs answer any bytes with a value or ERR_MODULE_RESPONSE', () => {
  for (const codec of [tokenContents, useRequest]) {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          codec.read(new WireReader(bytes));
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_MODULE_RESPONSE' });
        }
      }),
    );
  }
});

it('WireWriter.wipe() leaves nothing of what was written, grown or not', () => {
  const writer = new WireWriter();
  writer.bytes(new Uint8Array(500).fill(7));
  const view = writer.finish();
  writer.wipe();
  expect(view.every((byte) => byte === 0)).toBe(true);
});
