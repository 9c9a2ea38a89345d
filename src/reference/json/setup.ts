import { z } from 'zod';
import { settingNames } from '../../model/setting.js';
import { answerOf, document, type JsonOutputs } from '../json-output.js';

/** What starting a daemon, or the sandbox, tells of it. */
export const startedDaemon = document(
  z.object({
    instance: z.string(),
    pid: z.int(),
    port: z.int(),
    listening: z.boolean(),
    problemCode: z.string().optional(),
    owner: z.string().optional(),
  }),
);

/** What stopping one tells. */
export const stoppedDaemon = document(z.object({ instance: z.string(), stopped: z.literal(true) }));

const setting = z.object({
  name: z.enum(settingNames),
  value: z.string().nullable(),
  source: z.enum(['user', 'system']).nullable(),
});

const linkHandler = z.object({ name: z.string(), command: z.string().optional(), ours: z.boolean() });

const phrase = document(z.object({ phrase: z.string().nullable() }));

/** What the commands write that set things up. */
export const setupOutputs: JsonOutputs = {
  'daemon start': startedDaemon,
  'daemon stop': stoppedDaemon,
  'daemon status': answerOf('daemon.status'),
  'rp add': answerOf('rp.add'),
  'rp list': answerOf('rp.list'),
  'rp show': answerOf('rp.show'),
  'rp remove': document(z.object({ clientId: z.string(), removed: z.literal(true) })),
  'rp check': answerOf('rp.check'),
  open: answerOf('launch.open'),
  'link register': document(z.object({ registered: z.literal(true), command: z.string() })),
  'link unregister': document(z.object({ registered: z.literal(false) })),
  'link status': document(z.object({ handler: linkHandler.nullable() })),
  'setting list': document(z.object({ settings: z.array(setting) })),
  'setting get': document(setting),
  'setting set': document(setting),
  'setting unset': document(setting),
  'phrase set': phrase,
  'phrase show': phrase,
  'phrase remove': phrase,
  completion: { kind: 'none', why: 'its text is for the shell; write it to a file' },
};
