import { execFileSync } from 'node:child_process';

/** What openssl's command line printed; fails, and does not skip, without openssl or when it says no. */
export function openssl(args: readonly string[], input?: string | Uint8Array): Buffer {
  return execFileSync('openssl', args, { stdio: ['pipe', 'pipe', 'pipe'], ...(input === undefined ? {} : { input }) });
}
