import { isatty } from 'node:tty';
import { runCli } from '../cli/run.js';
import type { CliPorts, StartOptions } from '../cli/ports.js';
import { MiddlewareError } from '../core/errors.js';
import { hasSandboxFiles } from '../platform/sandbox-files.js';
import { instancePaths } from '../platform/paths.js';
import { changeUserSetting, readSettingFiles } from '../platform/user-settings.js';
import { productVersion } from './product.js';

/** The `kort` program. What only some commands need is loaded when they do: `kort status` has a budget for its start. */
export async function kort(argv: readonly string[]): Promise<number> {
  const examined = new AbortController();
  const code = await runCli(
    argv,
    createPorts(() => examined.abort()),
  );
  if (!examined.signal.aborted) return code;
  // A reader, a module or a name server that does not answer holds a thread, and an ordinary exit would wait for it.
  const { leave } = await import('../platform/leave.js');
  return await leave(code, outputWritten);
}

async function outputWritten(): Promise<void> {
  await Promise.all(
    [process.stdout, process.stderr].map(async (stream) => {
      await new Promise<void>((resolve) => stream.write('', () => resolve()));
    }),
  );
}

/** Before a code is typed; loaded only then. */
async function forbidCores(): Promise<void> {
  const { forbidCoreDumps } = await import('../platform/core-dumps.js');
  forbidCoreDumps();
}

function createPorts(onExamined: () => void): CliPorts {
  let interrupted: AbortSignal | undefined;
  const reader = pipeReader();
  const ports: CliPorts = {
    version: productVersion,
    env: process.env,
    out: {
      write: (text) => reader.write(process.stdout, text),
      isTerminal: isatty(1),
      get isClosed() {
        return reader.gone.aborted;
      },
      get columns() {
        return process.stdout.columns || 80;
      },
    },
    error: {
      write: (text) => reader.write(process.stderr, text),
      get columns() {
        return isatty(2) ? process.stderr.columns || 80 : undefined;
      },
    },
    interrupted: async () => {
      const { interruption } = await import('../platform/interruption.js');
      return (interrupted ??= AbortSignal.any([interruption(), reader.gone]));
    },
    endAtOnce: () => void import('../platform/end-at-once.js').then(({ endAtOnce }) => endAtOnce('SIGINT')),
    settings: { files: () => readSettingFiles(), change: changeUserSetting },
    connect: async (instance) => await (await import('./connect-to.js')).connectTo(instance),
    startDaemon,
    daemonGone: async (instance) => {
      const { untilGone } = await import('../platform/daemon-process.js');
      await untilGone(instancePaths(instance).controlSocket);
    },
    hasTerminal: () => isatty(0) && isatty(1),
    openTerminal: async (onBytes, onResize) => {
      await forbidCores();
      const { openKeyTerminal } = await import('../platform/terminal.js');
      return openKeyTerminal({ onBytes, onResize });
    },
    readLine: async (question) => {
      const [{ readInputLine }, { interruption }] = await Promise.all([
        import('../platform/input-line.js'),
        import('../platform/interruption.js'),
      ]);
      return await readInputLine(question, (interrupted ??= AbortSignal.any([interruption(), reader.gone])));
    },
    readPinLine: async () => {
      await forbidCores();
      const { readPinLine } = await import('../platform/pin-line.js');
      return await readPinLine();
    },
    readPinLines: async (count) => {
      await forbidCores();
      const { readPinLines } = await import('../platform/pin-line.js');
      return await readPinLines(count);
    },
    readJsonFile: async (path) => {
      const { readJsonFile } = await import('../platform/json-file.js');
      return await readJsonFile(path);
    },
    writeTextFile: async (path, text) => {
      const { writeTextFile } = await import('../platform/text-file.js');
      await writeTextFile(path, text);
    },
    runUi: async (run) => {
      const { runTerminalUi } = await import('./ui.js');
      await runTerminalUi(run, ports);
    },
    doctor: async () => {
      onExamined();
      return await import('./doctor.js');
    },
    history: async () => {
      const { historyPort } = await import('./history-port.js');
      return historyPort;
    },
    runDemo: async (options) => {
      const { runSandboxDemo } = await import('./sandbox-demo.js');
      return await runSandboxDemo(options);
    },
    sandboxCodes: async () => {
      const cards = await import('../sandbox/sandbox-cards.js');
      return { pin: cards.sandboxPin, signaturePin: cards.sandboxSignaturePin, puk: cards.sandboxPuk };
    },
    openBrowser: async (url) => {
      const { openBrowser } = await import('../platform/open-browser.js');
      return await openBrowser(url);
    },
    showNotice: async (notice) => {
      const { showDesktopNotice } = await import('../platform/desktop-notice.js');
      return await showDesktopNotice(notice);
    },
    linkRegistration: async (instance) => {
      const { createLinkRegistration } = await import('../platform/link-registration.js');
      const { fileURLToPath } = await import('node:url');
      const program = fileURLToPath(new URL('../../bin/kort.js', import.meta.url));
      return createLinkRegistration({ command: [process.execPath, program], instance });
    },
    isSandbox: hasSandboxFiles,
    logPath: async (instance) => {
      const { existsSync } = await import('node:fs');
      try {
        const { log } = instancePaths(instance);
        return existsSync(log) ? log : undefined;
      } catch {
        return undefined;
      }
    },
  };
  return ports;
}

/**
 * Writes to whoever reads our output. One who has read enough and left (`kort status | head -1`) is no failure: what
 * comes after is dropped, and what would go on for ever is interrupted.
 */
function pipeReader() {
  const left = new AbortController();
  const heard = new Set<NodeJS.WriteStream>();
  const onError = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') throw error;
    left.abort(new MiddlewareError('ERR_ABORTED', 'Output was closed'));
  };
  return {
    gone: left.signal,
    write: (stream: NodeJS.WriteStream, text: string): void => {
      if (!heard.has(stream)) stream.on('error', onError);
      heard.add(stream);
      if (!left.signal.aborted) stream.write(text);
    },
  };
}

async function startDaemon(options: StartOptions): Promise<number> {
  const { startDaemonProcess } = await import('../platform/daemon-process.js');
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
