import { once } from 'node:events';
import { connect } from 'node:net';
import { remoteError } from './http-client-errors.js';

/** Undefined when somebody takes a TCP connection there within 3 s, else why not: `reason` of ERR_REMOTE_UNREACHABLE. */
export async function tcpProblem(host: string, port: number, signal: AbortSignal): Promise<string | undefined> {
  const socket = connect({ host, port, autoSelectFamily: true });
  socket.on('error', () => undefined);
  const timeout = AbortSignal.timeout(3000);
  try {
    await once(socket, 'connect', { signal: AbortSignal.any([signal, timeout]) });
    return undefined;
  } catch (error) {
    return timeout.aborted ? 'timeout' : String(remoteError(`${host}:${port}`, error).fields['reason']);
  } finally {
    socket.destroy();
  }
}
