import type { ControlClient } from '../../src/client/client.js';
import { runCli } from '../../src/cli/run.js';
import type { CliPorts } from '../../src/cli/ports.js';

/** What a command line wrote and how it ended. */
export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** A client that answers each method from a table; a method that is not in it fails the test. */
export function scriptedClient(answers: Readonly<Record<string, unknown>>): ControlClient & {
  readonly calls: readonly { readonly method: string; readonly params: unknown }[];
} {
  const calls: { method: string; params: unknown }[] = [];
  return {
    calls,
    request: (method, params) => {
      calls.push({ method, params });
      if (!Object.hasOwn(answers, method)) throw new Error(`Unexpected method ${method}`);
      const answer = answers[method];
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer as never);
    },
    on: () => () => undefined,
    sendPin: () => Promise.reject(new Error('Unexpected PIN')),
    closed: new Promise(() => undefined),
    close: () => undefined,
  };
}

/** Runs a command line in this process; a port that the test does not give fails it. */
export async function runScripted(argv: readonly string[], ports: Partial<CliPorts> = {}): Promise<CliResult> {
  let out = '';
  let error = '';
  const unexpected = (name: string) => () => Promise.reject(new Error(`Unexpected use of ${name}`));
  const code = await runCli(argv, {
    version: () => '1.2.3',
    env: {},
    out: { write: (text) => void (out += text), isTerminal: false, columns: 100 },
    error: { write: (text) => void (error += text) },
    interrupted: () => Promise.resolve(new AbortController().signal),
    endAtOnce: () => {
      throw new Error('Unexpected use of endAtOnce');
    },
    settings: {
      files: () => [],
      change: () => {
        throw new Error('Unexpected use of settings');
      },
    },
    connect: unexpected('connect'),
    startDaemon: unexpected('startDaemon'),
    daemonGone: unexpected('daemonGone'),
    hasTerminal: () => false,
    openTerminal: unexpected('openTerminal'),
    readLine: unexpected('readLine'),
    readPinLine: unexpected('readPinLine'),
    readPinLines: unexpected('readPinLines'),
    readJsonFile: unexpected('readJsonFile'),
    writeTextFile: unexpected('writeTextFile'),
    runUi: unexpected('runUi'),
    doctor: unexpected('doctor'),
    history: unexpected('history'),
    runDemo: unexpected('runDemo'),
    sandboxCodes: unexpected('sandboxCodes'),
    openBrowser: unexpected('openBrowser'),
    showNotice: unexpected('showNotice'),
    linkRegistration: unexpected('linkRegistration'),
    isSandbox: () => false,
    logPath: () => Promise.resolve(undefined),
    ...ports,
  });
  return { code, out, error };
}
