import type { ControlClient } from '../client/client.js';
import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import type { DoctorDaemon } from '../doctor/doctor-check.js';
import { connectTo } from './connect-to.js';

const answerMs = 4000;

/** The daemon of an instance for the doctor: connected to once, when the first check asks. */
export function openDoctorDaemon(
  instance: string,
  connect: (instance: string) => Promise<ControlClient> = connectTo,
): DoctorDaemon & { close(): void } {
  let connected: Promise<ControlClient> | undefined;
  let isSilent = false;
  let isClosed = false;
  const open = async (): Promise<ControlClient> => {
    const client = await connect(instance);
    if (isClosed) client.close();
    return client;
  };
  return {
    ask: async (method, params) => {
      connected ??= bounded(open());
      try {
        const client = await connected;
        if (isSilent) throw unreachable('silent');
        return await client.request(method, params, { timeoutMs: answerMs });
      } catch (error) {
        if (!isMiddlewareError(error, 'ERR_IPC_DAEMON_UNREACHABLE') || error.fields['reason'] !== undefined)
          throw error;
        const client = await connected.catch(() => undefined);
        const isGone = client === undefined || (await hasEnded(client));
        if (isGone) throw unreachable('absent', error);
        // One check has waited for it: that is enough.
        isSilent = true;
        throw unreachable('silent', error);
      }
    },
    close: () => {
      isClosed = true;
      connected?.then(
        (client) => client.close(),
        () => undefined,
      );
    },
  };
}

async function hasEnded({ closed }: ControlClient): Promise<boolean> {
  return await Promise.race([closed.then(() => true), Promise.resolve(false)]);
}

/** A daemon that is stopped by a debugger takes no connection, once so many wait, and refuses none. */
function bounded(opening: Promise<ControlClient>): Promise<ControlClient> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(unreachable('silent')), answerMs);
    opening.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function unreachable(reason: 'absent' | 'silent', cause?: unknown): MiddlewareError {
  return new MiddlewareError('ERR_IPC_DAEMON_UNREACHABLE', 'No daemon answers', { fields: { reason }, cause });
}
