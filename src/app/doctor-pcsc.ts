import type { PcscLook } from '../doctor/checks/pcsc.js';
import { askSocket } from '../platform/pcsc-service.js';

const silentAfterMs = 3000;

/** Asks the PC/SC service once for all checks; its library only where something answers at the socket. */
export function lookAtPcscOnce(socket: string): {
  readonly look: () => Promise<PcscLook>;
  readonly silentAfterMs: number;
} {
  let looked: Promise<PcscLook> | undefined;
  return { look: async () => await (looked ??= lookAtPcsc(socket)), silentAfterMs };
}

async function lookAtPcsc(path: string): Promise<PcscLook> {
  const { probePcscService } = await import('../transport/pcsc/probe-service.js');
  // Windows and macOS have no socket of their service; that these are asked straight away has not been tried.
  const socket = process.platform === 'linux' ? await askSocket(path, silentAfterMs) : 'answers';
  if (socket === 'silent') return { socket, service: { state: 'absent', readers: [] } };
  return { socket, service: await probePcscService() };
}
