import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/core/ports.js';
import { checkInstanceName } from '../../../src/platform/instance.js';
import { requireIntact, verifyHistory } from '../../../src/history/verify-history.js';
import { createExpiryRadar } from '../../../src/operations/expiry/expiry-radar.js';
import { createReaderGate } from '../../../src/transport/reader-gate.js';
import { openControlStage } from '../control-stage.js';
import { authorities, cardEntry, changingTokens, looseMemory } from '../expiry-cards.js';
import { recordingLogger } from '../recording-logger.js';
import type { Provocations } from './provocation.js';

export const programProvocations: Provocations<'INTERNAL' | 'USAGE' | 'ABORTED' | 'HISTORY' | 'EXPIRY'> = {
  ERR_INTERNAL: async () => {
    const stage = await openControlStage({
      handlers: {
        'daemon.stop': () => {
          throw new TypeError('Nobody foresaw this');
        },
      },
    });
    try {
      await (await stage.connect()).request('daemon.stop', {});
    } finally {
      await stage.close();
    }
  },
  ERR_USAGE: () => checkInstanceName('No Name'),
  ERR_ABORTED: () => createReaderGate('TEST Reader', () => undefined).enter({ ms: 1000, signal: AbortSignal.abort() }),
  ERR_HISTORY_DAMAGED: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kort-history-'));
    try {
      writeFileSync(join(folder, 'history.jsonl'), 'not a line of ours\n');
      requireIntact(await verifyHistory(join(folder, 'history.jsonl')));
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  ERR_EXPIRY_NOT_FOUND: async () => {
    const radar = createExpiryRadar({
      tokens: changingTokens([cardEntry('1', [])]),
      findAuthorities: authorities(),
      relyingParties: () => [],
      actionFor: () => ({ kind: 'none' }),
      remember: true,
      memory: looseMemory(),
      announce: () => undefined,
      notify: () => Promise.resolve(false),
      clock: systemClock,
      logger: recordingLogger(),
    });
    try {
      await radar.check();
      await radar.snooze('ffffffffffff', 1);
    } finally {
      await radar.close();
    }
  },
};
