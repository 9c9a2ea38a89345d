import { isatty } from 'node:tty';
import { runCli } from '../cli/run.js';
import type { CliPorts, StartOptions } from '../cli/ports.js';
import { connectTo } from './connect-to.js';
import { productVersion } from './product.js';

/** The `kort` program. What only some commands need is loaded when they do: `kort status` has a budget for its start. */
export async function kort(argv: readonly string[]): Promise<number> {
  return await runCli(argv, createPorts());
}

function createPorts(): CliPorts {
  let interrupted: AbortSignal | undefined;
  return {
    version: productVersion,
    env: process.env,
    out: {
      write: (text) => void process.stdout.write(text),
      isTerminal: isatty(1),
      get columns() {
        return process.stdout.columns || 80;
      },
    },
    error: { write: (text) => void process.stderr.write(text) },
    interrupted: async () => {
      const { interruption } = await import('../platform/interruption.js');
      return (interrupted ??= interruption());
    },
    connect: connectTo,
    startDaemon,
    daemonGone: async (instance) => {
      const { untilGone } = await import('../platform/daemon-process.js');
      const { instancePaths } = await import('../platform/paths.js');
      await untilGone(instancePaths(instance).controlSocket);
    },
    hasTerminal: () => isatty(0) && isatty(1),
    openTerminal: async (onBytes, onResize) => {
      const { openKeyTerminal } = await import('../platform/terminal.js');
      return openKeyTerminal({ onBytes, onResize });
    },
    readPinLine: async () => {
      const { readPinLine } = await import('../platform/pin-line.js');
      return await readPinLine();
    },
    readJsonFile: async (path) => {
      const { readJsonFile } = await import('../platform/json-file.js');
      return await readJsonFile(path);
    },
    runDemo: async (options) => {
      const { runSandboxDemo } = await import('./sandbox-demo.js');
      return await runSandboxDemo(options);
    },
    sandboxPin: async () => (await import('../sandbox/sandbox-cards.js')).sandboxPin,
  };
}

async function startDaemon(options: StartOptions): Promise<number> {
  const { startDaemonProcess } = await import('../platform/daemon-process.js');
  const { instancePaths } = await import('../platform/paths.js');
  const { ensureInstanceFolders } = await import('../platform/private-folder.js');
  const { fileURLToPath } = await import('node:url');
  const paths = instancePaths(options.instance);
  ensureInstanceFolders(paths);
  return await startDaemonProcess({
    program: fileURLToPath(new URL('../../bin/kortd.cjs', import.meta.url)),
    arguments: daemonArguments(options),
    log: paths.log,
    socket: paths.controlSocket,
  });
}

function daemonArguments({ instance, port, sandbox, hardwareOnly, vpcdPort }: StartOptions): readonly string[] {
  return [
    ...['--instance', instance],
    ...(port === undefined ? [] : ['--port', String(port)]),
    ...(sandbox === true ? ['--sandbox'] : []),
    ...(hardwareOnly === true ? ['--hardware-only'] : []),
    ...(vpcdPort === undefined ? [] : ['--vpcd-port', String(vpcdPort)]),
  ];
}
