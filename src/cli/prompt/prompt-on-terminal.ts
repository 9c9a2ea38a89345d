import type { ControlClient } from '../../client/client.js';
import { actionText, warningText } from '../../messages/expiry.js';
import { withClient, writeLines, type Command, type CommandContext } from '../context.js';
import { exitCodes, exitCodeOfHint } from '../exit-codes.js';
import type { RawTerminal } from '../ports.js';
import type { WindowSize } from '../../terminal/layout/fit-screen.js';
import { createKeyReader } from '../../terminal/keys/key-reader.js';
import { labelledText, rowsOf } from '../../terminal/layout/screen-block.js';
import { TerminalPrompt } from '../../terminal/prompt/terminal-prompt.js';

/**
 * The alternate screen without cursor, and back (xterm control sequences, DEC private modes 1049, 25 and 7). The
 * terminal itself wraps nothing: a row that it finds longer than we do would go on where our own labels begin.
 */
const enterScreen = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const leaveScreen = '\u001b[?7h\u001b[?25h\u001b[?1049l';

/** `kort prompt`: this terminal is a PIN surface until it is ended, or with `once` until one order has ended. */
export function promptOnTerminal(options: { readonly once: boolean }): Command {
  return (context) => withClient(context, (client) => runPrompt(client, context, options));
}

/** How long a terminal is a PIN surface. */
export interface PromptRun {
  /** Until one order has ended. */
  readonly once: boolean;
  /** Begun once it is one, and then until this has ended; its exit status. */
  readonly during?: () => Promise<number>;
}

/** This terminal is a PIN surface of a connection until it is ended; the exit status. */
export async function runPrompt(
  client: ControlClient,
  context: CommandContext,
  { once, during }: PromptRun,
): Promise<number> {
  const { ports } = context;
  const texts: string[] = [];
  let terminal: RawTerminal | undefined;
  let end: (status: number) => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const ended = new Promise<number>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  const prompt = new TerminalPrompt({
    client,
    kind: 'terminal',
    look: context,
    size: () => sizeOf(terminal),
    draw: (lines) => terminal?.write(frame(lines)),
    now: () => performance.now(),
    onClosed: ({ outcome }, text) => {
      texts.push(text);
      if (once) end(outcome.status === 'complete' ? exitCodes.done : exitCodeOfHint(outcome.hintCode));
    },
    onInterrupt: () => end(prompt.open ? exitCodes.refused : exitCodes.done),
    onFailure: (error) => fail(error),
  });
  client.on('expiry.warning', ({ finding }) => {
    const said = [warningText(finding, context.language), actionText(finding, context.language)];
    // Shown to a person: the desktop need not be asked.
    if (prompt.say(said.filter((text) => text !== undefined).join(' '))) {
      client.request('expiry.shown', { ids: [finding.id] }).catch(fail);
    }
  });
  const keys = createKeyReader((key, byte) => prompt.key(key, byte));
  const interrupted = await ports.interrupted();
  interrupted.addEventListener('abort', () => end(exitCodes.refused), { once: true });
  void client.closed.then(() => client.request('daemon.status', {})).catch(fail);
  try {
    terminal = await ports.openTerminal(
      (bytes) => keys.feed(bytes),
      () => prompt.redraw(),
    );
    terminal.write(enterScreen);
    await prompt.start();
    during?.().then(end, fail);
    return await ended;
  } finally {
    keys.close();
    prompt.close();
    const { columns } = sizeOf(terminal);
    terminal?.write(leaveScreen);
    terminal?.close();
    writeLines(
      context,
      texts.flatMap((text) => rowsOf(labelledText('kept', '', text), columns)),
    );
  }
}

/** A terminal that does not tell its size is taken for one of 80 × 24. */
function sizeOf(terminal: RawTerminal | undefined): WindowSize {
  return { columns: terminal?.columns ?? 80, rows: terminal?.rows ?? 24 };
}

/** Redraws in place: home, each line and the rest of it, and what is below. */
function frame(lines: readonly string[]): string {
  return `\u001b[H${lines.map((line) => `${line}\u001b[K`).join('\r\n')}\u001b[J`;
}
