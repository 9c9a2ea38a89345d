import { expect, it } from 'vitest';
import { createCardTrace } from '../../../src/app/card-trace.js';
import { recordingLogger } from '../../support/recording-logger.js';
import { testCaller } from '../../support/test-caller.js';

it('createCardTrace() lets the name of a reader begin no line and steer no terminal', async () => {
  const trace = createCardTrace(() => [], recordingLogger());
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
