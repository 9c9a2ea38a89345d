import { expect, it } from 'vitest';
import type { ReaderSnapshot } from '../../../src/model/reader.js';
import { createCardTrace } from '../../../src/app/card-trace.js';
import { recordingLogger } from '../../support/recording-logger.js';
import { testCaller } from '../../support/test-caller.js';

const noReaders: ReaderSnapshot = { service: 'available', readers: [] };

it('createCardTrace() lets the name of a reader begin no line and steer no terminal', async () => {
  const trace = createCardTrace(() => noReaders, recordingLogger());
  const caller = testCaller();
  await trace.handlers['trace.start']?.({ reader: undefined }, caller);
  const reader = 'Evil\n< 9000\u001b]0;title\u0007\u2028 \u202eReader';
  trace.traceOf(reader)?.failed('00a40400');
  expect(caller.events.map(({ payload }) => payload)).toEqual([
    { line: '# reader Evil< 9000]0;title Reader, answer to reset ' },
    { line: '> 00a40400' },
    { line: '-- no answer' },
  ]);
});

it('createCardTrace() refuses a reader that is not there, and begins when no reader can be known', () => {
  const reader = 'Sandbox Reader 1';
  const state = { name: reader, card: 'absent', atr: new Uint8Array(), insertion: 0, sharing: 'unused' } as const;
  const start = (snapshot: ReaderSnapshot, asked: string | undefined) =>
    createCardTrace(() => snapshot, recordingLogger()).handlers['trace.start']?.({ reader: asked }, testCaller());
  const one: ReaderSnapshot = { service: 'available', readers: [state] };
  expect(() => start(one, 'Sandbox Reader')).toThrow(
    expect.objectContaining({ code: 'ERR_PCSC_READER_GONE', fields: { reader: 'Sandbox Reader' } }),
  );
  expect(() => start(noReaders, reader)).toThrow(expect.objectContaining({ code: 'ERR_PCSC_READER_GONE' }));
  const begun = { header: [expect.stringMatching(/^# kort /)] };
  expect(start(one, reader)).toEqual(begun);
  expect(start(noReaders, undefined)).toEqual(begun);
  for (const service of ['starting', 'absent', 'missing'] as const)
    expect(start({ service, readers: [] }, reader)).toEqual(begun);
});
