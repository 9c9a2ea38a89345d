import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResultOf } from '../../src/control-contract/methods.js';
import type { AssuranceLevel } from '../../src/model/certificate.js';
import type { TrustPolicy } from '../../src/model/trust.js';
import { caCertificatesOf, trustPolicyOf, type SandboxCa } from '../../src/sandbox/ca/sandbox-ca.js';
import { createSandboxRelyingParty, type TimedLogin } from '../../src/sandbox/relying-party.js';
import { AutomaticSurface } from './automatic-surface.js';
import { startDaemon, type PrivateHome, type RunningDaemon } from './daemon.js';

/** A daemon of the built program with a registered relying party and a PIN surface that answers by itself. */
export interface LoginBench {
  readonly daemon: RunningDaemon;
  readonly surface: AutomaticSurface;
  login(level?: AssuranceLevel): Promise<TimedLogin>;
  /** Polls `status.get` until it looks as it should; rejects after a while with what it looks like instead. */
  statusUntil(fits: (status: ResultOf<'status.get'>) => boolean, waitMs?: number): Promise<ResultOf<'status.get'>>;
}

/** Makes a daemon trust a sandbox CA: an instance's own `trust.d`. */
export function trustSandboxCa(home: PrivateHome, instance: string, ca: SandboxCa): void {
  const folder = join(home.folder, 'config', 'kort', instance, 'trust.d');
  for (const part of [join(home.folder, 'config', 'kort'), join(home.folder, 'config', 'kort', instance), folder]) {
    mkdirSync(part, { recursive: true, mode: 0o700 });
  }
  const pem = caCertificatesOf(ca).map(
    (der) => `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`,
  );
  writeFileSync(join(folder, 'sandbox.pem'), pem.join(''), { mode: 0o600 });
}

/** Starts a daemon that reaches readers over PC/SC, and registers a relying party with it. */
export async function startLoginBench(options: {
  readonly home: PrivateHome;
  readonly instance: string;
  readonly ca: SandboxCa;
  readonly pin: string;
}): Promise<LoginBench> {
  const { home, instance, ca, pin } = options;
  trustSandboxCa(home, instance, ca);
  const daemon = await startDaemon(home, instance, ['--port', '0']);
  const party = createSandboxRelyingParty();
  await daemon.client.request('rp.add', { entry: party.entry });
  const surface = await AutomaticSurface.attach(daemon.client, pin);
  const trust: TrustPolicy = trustPolicyOf(ca);
  return {
    daemon,
    surface,
    login: async (level = 3) => {
      const { loopback } = await daemon.client.request('daemon.status', {});
      return await party.login({ port: loopback.port, level, trust });
    },
    statusUntil: async (fits, waitMs = 10_000) => {
      for (let tries = 0; ; tries += 1) {
        const status = await daemon.client.request('status.get', {});
        if (fits(status)) return status;
        if (tries > waitMs / 50)
          throw new Error(`status stays ${JSON.stringify(status, undefined, 1)}\n${daemon.log()}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
}
