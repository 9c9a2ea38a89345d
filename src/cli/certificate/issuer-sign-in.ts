import type { ControlClient } from '../../client/client.js';
import type { IssuerSession, IssuerSummary } from '../../control-contract/certificates.js';
import type { WaitingPrompt, WirePrompt } from '../../control-contract/prompts.js';
import { isMiddlewareError, MiddlewareError, type ErrorCode } from '../../core/errors.js';
import type { Secret } from '../../core/secret.js';
import { downloadMessages } from '../../messages/download.js';
import { launchMessages } from '../../messages/launch.js';
import { withClient, writeLines, type CommandContext } from '../context.js';
import { InputAnswer } from '../prompt/answer-from-input.js';
import { runPrompt } from '../prompt/prompt-on-terminal.js';
import { screenText } from '../../terminal/layout/screen-text.js';

/** The longest life of an order, and the calls to the issuer besides; the daemon ends it before. */
const signInMs = 12 * 60_000;

/**
 * Signs in at an issuer. The prompt for it is this terminal's unless another place for the PIN is open. It has a
 * connection of its own, which ends with it, so that no other order is shown where nobody looks any more.
 */
export async function signInOnTerminal(
  client: ControlClient,
  issuer: string | undefined,
  context: CommandContext,
): Promise<IssuerSession> {
  const { surfaces } = await client.request('daemon.status', {});
  const words = downloadMessages[context.language];
  if (surfaces > 0) {
    writeLines(context, [words.signInElsewhere]);
    return await signInElsewhere(client, issuer, context);
  }
  writeLines(context, [words.signInHere]);
  let session: IssuerSession | undefined;
  await withClient(context, (prompting) =>
    runPrompt(prompting, context, {
      once: false,
      during: async () => {
        session = await client.request('issuer.signIn', { issuer }, { timeoutMs: signInMs });
        return 0;
      },
    }),
  );
  if (session === undefined) throw new MiddlewareError('ERR_ABORTED', 'Interrupted in the login');
  return session;
}

async function signInElsewhere(
  client: ControlClient,
  issuer: string | undefined,
  context: CommandContext,
): Promise<IssuerSession> {
  const { ports } = context;
  const interrupted = await ports.interrupted();
  const onInterrupt = (): void => client.close();
  interrupted.addEventListener('abort', onInterrupt, { once: true });
  const stop = followHints(client, context);
  try {
    return await client.request('issuer.signIn', { issuer }, { timeoutMs: signInMs });
  } catch (error) {
    interrupted.throwIfAborted();
    throw error;
  } finally {
    stop();
    interrupted.removeEventListener('abort', onInterrupt);
  }
}

function followHints(client: ControlClient, context: CommandContext): () => void {
  let last = '';
  return client.on('issuer.progress', ({ hint }) => {
    const known = Object.entries(launchMessages[context.language].pending).find(([name]) => name === hint)?.[1];
    if (known !== undefined && known !== last) writeLines(context, [screenText(known)]);
    last = known ?? last;
  });
}

/**
 * Signs in with a PIN that was read from standard input. Only the login at this issuer is answered with it, once.
 *
 * @throws {MiddlewareError} what was wrong with the PIN or the card, where the prompt said that.
 */
export async function signInFromInput(
  client: ControlClient,
  wanted: string | undefined,
  pin: Secret,
  context: CommandContext,
): Promise<IssuerSession> {
  const { issuers } = await client.request('issuer.list', {});
  const issuer =
    wanted === undefined
      ? issuers.length === 1
        ? issuers[0]
        : undefined
      : issuers.find(({ clientId }) => clientId === wanted);
  // The daemon refuses what is not clear, and says why.
  if (issuer === undefined) return await client.request('issuer.signIn', { issuer: wanted });
  return await withClient(context, async (prompting) => {
    const answer = new InputAnswer({ client: prompting, context, pin, isMeant: (order) => isLoginAt(issuer, order) });
    const answered = answer.run();
    // An order that nobody can answer ends at once.
    await prompting.request('prompt.attach', { kind: 'input' });
    const session = client.request('issuer.signIn', { issuer: issuer.clientId }, { timeoutMs: signInMs });
    try {
      await Promise.race([session, answered]);
      return await session;
    } catch (error) {
      session.catch(() => undefined);
      throw answer.refusal ?? withProblem(error, answer.view);
    }
  });
}

function isLoginAt({ name, registeredBy }: IssuerSummary, order: WirePrompt | WaitingPrompt): boolean {
  const { relyingParty, purpose, launcher, origin } = order;
  return (
    purpose === 'auth' &&
    launcher === 'process' &&
    origin === undefined &&
    relyingParty.registeredBy === registeredBy &&
    relyingParty.name.sv === name.sv &&
    relyingParty.name.en === name.en
  );
}

/** The login was cancelled because of this. */
function withProblem(error: unknown, view: WirePrompt | undefined): unknown {
  if (view?.problem === undefined || !isMiddlewareError(error, 'ERR_ISSUER_LOGIN')) return error;
  const { code, fields } = view.problem;
  return new MiddlewareError(code as ErrorCode, 'Login failed', { fields, cause: error });
}
