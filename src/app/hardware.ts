import type { Clock, Logger } from '../core/ports.js';
import type { RelyingParty } from '../model/relying-party.js';
import type { TrustPolicy } from '../model/trust.js';
import { parseRelyingParty } from '../oob/relying-party-entry.js';
import { pcscSocketPath } from '../platform/card-programs.js';
import { issuerPortOf, revocationPortOf } from '../platform/instance.js';
import { socketIn, type InstancePaths } from '../platform/paths.js';
import { sandboxFolder } from '../platform/sandbox-files.js';
import { clearStaleSocket } from '../platform/stale-socket.js';
import type { ControlHandlers } from '../daemon/control/handlers.js';
import type { ReaderTransport } from '../transport/card-channel.js';
import type { DaemonOptions } from './daemon-options.js';

/** The readers that a daemon works with, and what came with them. */
export interface Hardware {
  readonly transport: ReaderTransport;
  /** Where the PC/SC service listens that other programs reach these readers by. */
  readonly pcscSocket: string;
  /** Calls back when another program has gone, where that is known for certain, until the end. */
  onProgramGone(listener: () => void): void;
  /** Trust that a sandbox brings along. */
  readonly trust: TrustPolicy | undefined;
  /** Relying parties that a sandbox brings along: its issuer. */
  readonly relyingParties: readonly RelyingParty[];
  /** The sandbox's methods, without a sandbox none. */
  readonly handlers: ControlHandlers;
  close(): Promise<void>;
}

/** What {@link openHardware} needs to know. */
export interface HardwareContext {
  readonly options: DaemonOptions;
  readonly paths: InstancePaths;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The system's PC/SC readers, or, in a sandbox, virtual ones in this process; each loads only its own code. */
export async function openHardware(context: HardwareContext): Promise<Hardware> {
  return context.options.sandbox ? await openSandbox(context) : await openPcsc();
}

async function openPcsc(): Promise<Hardware> {
  const { createPcscTransport } = await import('../transport/pcsc/pcsc-transport.js');
  return {
    transport: createPcscTransport(),
    pcscSocket: pcscSocketPath(),
    onProgramGone: () => undefined,
    trust: undefined,
    relyingParties: [],
    handlers: {},
    close: () => Promise.resolve(),
  };
}

async function openSandbox({ options, paths, clock, logger }: HardwareContext): Promise<Hardware> {
  const { openSandboxWorld } = await import('../sandbox/sandbox-world.js');
  const { createSimulatorTransport } = await import('../transport/simulator/simulator-transport.js');
  const { startVirtualPcscService } = await import('../sandbox/pcsc-service/virtual-pcsc-service.js');
  const { connectToVpcd } = await import('../sandbox/hardware/vpcd-client.js');
  const { sandboxMethods } = await import('./sandbox-methods.js');
  const { hardware, trust, caFile, revocation, issuer, reset } = await openSandboxWorld(sandboxFolder(paths), clock, {
    revocation: revocationPortOf(paths.instance),
    issuer: issuerPortOf(paths.instance),
  });
  const { base: revocationUrl } = revocation;
  if (!revocation.isServed) logger.warn({ revocationUrl }, 'Sandbox tells nothing about revocation: its port is taken');
  if (issuer?.isServed === false) logger.warn({ url: issuer.url }, 'Sandbox has no issuer: its port is taken');
  const socketPath = socketIn(paths.runtime, 'pcscd.comm');
  await clearStaleSocket(socketPath);
  const listeners: (() => void)[] = [];
  const running = await startVirtualPcscService({
    socketPath,
    readers: hardware,
    onClientGone: () => {
      for (const listener of listeners) listener();
    },
  });
  const plugged = hardware.readers.map((reader, index) =>
    options.vpcdPort === undefined
      ? undefined
      : connectToVpcd(reader, { host: '127.0.0.1', port: options.vpcdPort + index }),
  );
  logger.info({ socketPath }, 'Virtual PC/SC service is up');
  return {
    transport: createSimulatorTransport(hardware),
    pcscSocket: socketPath,
    onProgramGone: (listener) => void listeners.push(listener),
    trust,
    relyingParties: issuer === undefined ? [] : [{ ...parseRelyingParty(issuer.entry, 'system'), builtIn: true }],
    handlers: sandboxMethods({
      hardware,
      reset,
      revocation,
      issuer,
      files: { pcscSocket: socketPath, caFile, revocationUrl },
    }),
    close: async () => {
      for (const connection of plugged) connection?.close();
      await running.close();
      await revocation.close();
      await issuer?.close();
    },
  };
}
