import { createInterface } from 'node:readline';

/**
 * One line of standard input, after a question on a terminal; undefined at its end. What is typed is seen: this is for
 * nothing secret. Rejects with the signal's reason.
 */
export function readInputLine(question: string | undefined, signal: AbortSignal): Promise<string | undefined> {
  const lines = createInterface({
    input: process.stdin,
    ...(question === undefined ? {} : { output: process.stdout, prompt: question }),
  });
  return new Promise<string | undefined>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    // Ctrl-C is taken by the line editor, not by the terminal.
    lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    lines.once('line', resolve);
    lines.once('close', () => resolve(undefined));
    if (question !== undefined) lines.prompt();
  }).finally(() => {
    lines.close();
    process.stdin.unref();
  });
}
