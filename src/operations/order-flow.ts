import type { History } from '../model/history.js';
import type { AcceptedOrder, FailedHint, OrderOutcome, OrderProgress } from '../oob/oob-service.js';
import type { TokenRegistry } from '../tokens/token-registry.js';
import { OrderConversation, type OrderConversationDependencies } from './order-conversation.js';
import { OrderFailed } from './order-failed.js';
import type { OrderWork } from './order-work.js';
import { PromptDialog } from './prompt-dialog.js';
import { watchPromptNews } from './prompt-news.js';
import type { PromptSurfaces } from './prompt.js';

/** What an order works with, whatever it is for. */
export interface OrderFlowDependencies extends OrderConversationDependencies {
  readonly tokens: Pick<TokenRegistry, 'entries' | 'subscribe'>;
  readonly surfaces: PromptSurfaces;
  readonly history: History;
}

/** One order from its prompt to what is told of it: to the relying party, the history, the log and the user. */
export class OrderFlow {
  readonly #dependencies: OrderFlowDependencies;
  readonly #order: AcceptedOrder;
  readonly #progress: OrderProgress;
  readonly #work: OrderWork;
  readonly #dialog: PromptDialog;
  readonly #conversation: OrderConversation;

  constructor(dependencies: OrderFlowDependencies, order: AcceptedOrder, progress: OrderProgress, work: OrderWork) {
    this.#dependencies = dependencies;
    this.#order = order;
    this.#progress = progress;
    this.#work = work;
    this.#dialog = new PromptDialog(dependencies.surfaces, order, () => progress.promptOpen(true));
    this.#conversation = new OrderConversation(dependencies, order, progress, work, this.#dialog);
  }

  /** Carries it out; never rejects. */
  async run(): Promise<OrderOutcome> {
    const { tokens, logger, revocation } = this.#dependencies;
    const stopWatching = watchPromptNews(tokens, revocation, () => this.#dialog.interrupt());
    this.#progress.onAskedAgain(() => this.#dialog.askedAgain());
    let outcome: OrderOutcome;
    let shown: string | undefined;
    try {
      outcome = { status: 'complete', ...(await this.#conversation.carryOut()) };
    } catch (error) {
      outcome = { status: 'failed', hintCode: this.#hintOf(error) };
      shown = error instanceof OrderFailed ? error.shown : undefined;
    } finally {
      stopWatching();
      this.#conversation.release();
    }
    await this.#record(outcome).catch((error: unknown) => {
      logger.error({ error }, 'Order could not be written to the history');
      outcome = { status: 'failed', hintCode: 'startFailed' };
      shown = undefined;
    });
    this.#log(outcome);
    this.#dialog.close(
      outcome.status === 'complete'
        ? { status: 'complete' }
        : { status: 'failed', hintCode: shown ?? outcome.hintCode },
    );
    this.#progress.promptOpen(false);
    return outcome;
  }

  #hintOf(error: unknown): FailedHint {
    const { signal } = this.#progress;
    if (error instanceof OrderFailed) return error.hint;
    if (signal.aborted) return isFailedHint(signal.reason) ? signal.reason : 'cancelled';
    this.#dependencies.logger.error({ error }, 'Order failed unexpectedly');
    return 'startFailed';
  }

  async #record(outcome: OrderOutcome): Promise<void> {
    const { candidate, cost } = this.#conversation;
    if (candidate === undefined) return;
    const { relyingParty, launcher } = this.#order;
    await this.#dependencies.history.append({
      ...this.#work.event(),
      token: candidate.token.info.id,
      certificate: candidate.certificate.fingerprint,
      relyingParty: relyingParty.clientId,
      launcher,
      level: candidate.level,
      outcome: outcome.status,
      ...(outcome.status === 'failed' ? { hintCode: outcome.hintCode } : {}),
      ...cost,
    });
    if (outcome.status === 'complete') await this.#conversation.rememberChoice(candidate);
  }

  #log(outcome: OrderOutcome): void {
    const { purpose, relyingParty } = this.#order;
    const hint = outcome.status === 'failed' ? { hintCode: outcome.hintCode } : {};
    const facts = { relyingParty: relyingParty.clientId, purpose, outcome: outcome.status, ...hint };
    this.#dependencies.logger.info(facts, 'Order ended');
  }
}

const failedHints: readonly string[] = ['expiredTransaction', 'cancelled', 'userCancel', 'startFailed'];

function isFailedHint(value: unknown): value is FailedHint {
  return typeof value === 'string' && failedHints.includes(value);
}
