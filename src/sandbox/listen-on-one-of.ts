import { once } from 'node:events';
import type { Server } from 'node:net';

/** Ports that are tried at the first start. */
const portsTried = 50;

/** The port that was kept, or else the first ones from here. */
export function portsFrom(known: number | undefined, first: number): readonly number[] {
  return known === undefined ? Array.from({ length: portsTried }, (_, index) => first + index) : [known];
}

/** Listens on 127.0.0.1 at the first port that is free; false when none is. */
export async function listenOnOneOf(server: Server, ports: readonly number[]): Promise<boolean> {
  for (const port of ports) {
    server.listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
  return false;
}
