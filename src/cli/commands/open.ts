import type { ControlClient } from '../../client/client.js';
import type { LaunchOutcome, LaunchProgress } from '../../control-contract/launches.js';
import { parseKortLink, type KortLink } from '../../core/kort-link.js';
import { MiddlewareError, type ErrorCode } from '../../core/errors.js';
import { launchMessages } from '../../messages/launch.js';
import { hintText } from '../../messages/outcomes.js';
import { withClient, writeJson, writeLines, type Command, type CommandContext } from '../context.js';
import { exitCodes, exitCodeOfError, exitCodeOfHint } from '../exit-codes.js';
import { runPrompt } from '../prompt/prompt-on-terminal.js';
import { reportError } from '../report-error.js';
import { screenText } from '../../terminal/layout/screen-text.js';
import { withNotices } from './open-notices.js';

/** The longest life of an order, and fetching and delivering besides; the daemon ends it before. */
const launchMs = 12 * 60_000;

/** `kort open LINK`: carries out a login or signature that a `kort:` link began, and sends the browser on. */
export function openCommand(text: string): Command {
  return (context) => withNotices(context, async (told) => await open(parseKortLink(text), told));
}

async function open(link: KortLink, context: CommandContext): Promise<number> {
  return await withClient(context, async (client) => {
    const { surfaces } = await client.request('daemon.status', {});
    const here = surfaces === 0 && !context.json && context.ports.hasTerminal();
    const outcome = here ? await launchHere(link, client, context) : await launch(link, client, context, surfaces);
    return typeof outcome === 'number' ? outcome : await goOn(outcome, context, here || surfaces > 0);
  });
}

/** This terminal asks for the PIN, since nothing else does. */
async function launchHere(
  link: KortLink,
  client: ControlClient,
  context: CommandContext,
): Promise<LaunchOutcome | number> {
  let outcome: LaunchOutcome | undefined;
  const status = await runPrompt(client, context, {
    once: false,
    during: async () => {
      outcome = await client.request('launch.open', link, { timeoutMs: launchMs });
      return exitCodes.done;
    },
  });
  return outcome ?? status;
}

async function launch(
  link: KortLink,
  client: ControlClient,
  context: CommandContext,
  surfaces: number,
): Promise<LaunchOutcome> {
  const { ports, json } = context;
  const interrupted = await ports.interrupted();
  const onInterrupt = (): void => client.close();
  interrupted.addEventListener('abort', onInterrupt, { once: true });
  if (!json && ports.out.isTerminal) followProgress(client, context, surfaces);
  try {
    return await client.request('launch.open', link, { timeoutMs: launchMs });
  } catch (error) {
    interrupted.throwIfAborted();
    throw error;
  } finally {
    interrupted.removeEventListener('abort', onInterrupt);
  }
}

function followProgress(client: ControlClient, context: CommandContext, surfaces: number): void {
  let last = '';
  const tell = (line: string): void => {
    if (line !== last) writeLines(context, [screenText(line)]);
    last = line;
  };
  let saidWhere = false;
  client.on('launch.progress', (progress) => {
    tell(progressLine(progress, context));
    if (progress.step !== 'pending' || saidWhere) return;
    saidWhere = true;
    tell(launchMessages[context.language].promptElsewhere(surfaces));
  });
}

function progressLine({ step, hint, relyingParty }: LaunchProgress, { language }: CommandContext): string {
  const words = launchMessages[language];
  if (step !== 'pending') return words[step](relyingParty[language]);
  const known = Object.entries(words.pending).find(([name]) => name === hint);
  return known?.[1] ?? words.pending.outstandingTransaction;
}

/** Sends the browser on, or says what became of it. */
async function goOn(outcome: LaunchOutcome, context: CommandContext, hasPrompt: boolean): Promise<number> {
  if (context.json) {
    writeJson(context, outcome);
    return statusOf(outcome);
  }
  const { redirectUri } = outcome;
  if (redirectUri === undefined) return await tellHere(outcome, context, hasPrompt);
  const words = launchMessages[context.language];
  const said = outcome.status === 'complete' ? words.complete : failureText(outcome.hintCode, context, hasPrompt);
  const isOpen = await context.ports.openBrowser(redirectUri);
  if (isOpen) writeLines(context, [said, words.goesOnInBrowser]);
  else context.ports.error.write([said, ...whereTo(redirectUri, context), ''].join('\n'));
  return statusOf(outcome);
}

/** The address holds a code that counts once: it stands on the user's own screen, and in no desktop's log. */
function whereTo(redirectUri: string, { ports, language }: CommandContext): readonly string[] {
  const words = launchMessages[language];
  return ports.out.isTerminal ? [words.openYourself, screenText(redirectUri)] : [words.notOpened, words.goBack];
}

/** There is no page to say it, so it is said here. */
async function tellHere(outcome: LaunchOutcome, context: CommandContext, hasPrompt: boolean): Promise<number> {
  if (outcome.status === 'complete') {
    const words = launchMessages[context.language];
    writeLines(context, [words.complete, words.goBack]);
    return exitCodes.done;
  }
  const { hintCode, problem } = outcome;
  if (problem === undefined) {
    context.ports.error.write(`${failureText(hintCode, context, hasPrompt)}\n`);
    return exitCodeOfHint(hintCode);
  }
  // A newer daemon may know codes that we do not; they are kept, and named.
  const { code, fields } = problem;
  return await reportError(context, new MiddlewareError(code as ErrorCode, 'Launch failed', { fields }));
}

function failureText(hintCode: string, { language }: CommandContext, hasPrompt: boolean): string {
  const words = launchMessages[language];
  // The hint is that of a fault too; where there was nowhere to ask, that is why.
  const why = hintCode === 'startFailed' && !hasPrompt ? words.promptElsewhere(0) : hintText(language, hintCode);
  return [words.failed, why].filter(Boolean).join(' ');
}

function statusOf(outcome: LaunchOutcome): number {
  if (outcome.status === 'complete') return exitCodes.done;
  return outcome.problem === undefined ? exitCodeOfHint(outcome.hintCode) : exitCodeOfError(outcome.problem.code);
}
