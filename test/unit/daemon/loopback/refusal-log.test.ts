import { expect, it } from 'vitest';
import { createRefusalLog } from '../../../../src/daemon/loopback/refusal-log.js';
import { recordingLogger } from '../../../support/recording-logger.js';

it('createRefusalLog() logs the first refusals of a minute and counts the rest', () => {
  const logger = recordingLogger();
  let now = 5;
  const log = createRefusalLog(logger, { now: () => 0, monotonic: () => now });
  for (let index = 0; index < 100; index += 1) log({ index }, 'Request refused');
  expect(logger.lines).toHaveLength(30);
  now += 60_000;
  log({ index: 100 }, 'Request refused');
  expect(logger.lines.slice(30).map(({ fields }) => fields)).toEqual([{ unlogged: 70 }, { index: 100 }]);
  now += 60_000;
  log({ index: 101 }, 'Request refused');
  expect(logger.lines).toHaveLength(33);
});
