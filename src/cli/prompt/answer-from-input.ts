import type { ControlClient } from '../../client/client.js';
import type {
  ClosedPrompt,
  PromptOverview,
  PromptPlace,
  WaitingPrompt,
  WirePrompt,
} from '../../control-contract/prompts.js';
import { MiddlewareError } from '../../core/errors.js';
import type { Secret } from '../../core/secret.js';
import { withClient, writeJson, type CommandContext } from '../context.js';
import { exitCodes, exitCodeOfHint } from '../exit-codes.js';
import { orderBlocks, problemBlocks } from '../../terminal/prompt/order-blocks.js';
import { outcomeText } from '../../terminal/prompt/outcome-text.js';
import { readText } from '../../terminal/prompt/read-page.js';
import { labelledText, rowsOf, type Block } from '../../terminal/layout/screen-block.js';

/** A little longer than a new prompt is deaf. */
const afterDeafMs = 600;
const betweenTriesMs = 1000;

/**
 * `kort prompt --pin-stdin`: reads one line, and answers the first order with it, once, or once for each document. A
 * last try, a second try, a code to type and a choice of nothing but revoked certificates need a person, so they cancel
 * the order; which of several people's cards is meant needs one too, and is waited for. A text to be read is written to
 * standard error.
 */
export async function answerFromInput(context: CommandContext): Promise<number> {
  const pin = await context.ports.readPinLine();
  try {
    return await withClient(context, async (client) => {
      const answer = new InputAnswer({ client, context, pin });
      return report(await answer.run(), answer.view, context);
    });
  } finally {
    pin.wipe();
  }
}

/** What an order is answered with. */
export interface InputAnswerOptions {
  readonly client: ControlClient;
  readonly context: CommandContext;
  readonly pin: Secret;
  /** Other orders are left alone; without it the first that comes is answered. */
  readonly isMeant?: (order: WirePrompt | WaitingPrompt) => boolean;
}

/** Answers the first order that is meant, as {@link answerFromInput} says. */
export class InputAnswer {
  readonly #client: ControlClient;
  readonly #context: CommandContext;
  readonly #pin: Secret;
  readonly #isMeant: InputAnswerOptions['isMeant'];
  #view: WirePrompt | undefined;
  #waiting: readonly WaitingPrompt[] = [];
  #sentTicket: string | undefined;
  #used = false;
  #signed = 0;
  #refusal: MiddlewareError | undefined;
  #busyTimer: NodeJS.Timeout | undefined;
  #deafTimer: NodeJS.Timeout | undefined;
  #fail: (error: unknown) => void = () => undefined;

  constructor({ client, context, pin, isMeant }: InputAnswerOptions) {
    this.#client = client;
    this.#context = context;
    this.#pin = pin;
    this.#isMeant = isMeant;
  }

  /** The order as it was last shown. */
  get view(): WirePrompt | undefined {
    return this.#view;
  }

  /** Why it was cancelled, where the order does not show it. */
  get refusal(): MiddlewareError | undefined {
    return this.#refusal;
  }

  /**
   * How it ended.
   *
   * @throws {MiddlewareError} ERR_CERT_REVOKED where nothing but revoked certificates fitted.
   */
  async run(): Promise<ClosedPrompt> {
    const client = this.#client;
    const interrupted = await this.#context.ports.interrupted();
    const closed = new Promise<ClosedPrompt>((resolve, reject) => {
      this.#fail = reject;
      client.on('prompt.close', (ended) => {
        if (!this.#isOurs(ended)) this.#pick();
        else if (this.#refusal === undefined) resolve(ended);
        else reject(this.#refusal);
      });
      interrupted.addEventListener('abort', () => reject(interrupted.reason as Error), { once: true });
    });
    client.on('prompt.show', (view) => this.#show(view));
    client.on('prompt.waiting', ({ waiting }) => this.#await(waiting));
    client.on('prompt.place', (place) => this.#take(place));
    client.on('prompt.refused', ({ ticket }) => this.#refuse(ticket));
    void client.closed.then(() => client.request('daemon.status', {})).catch(this.#fail);
    client
      .request('prompt.attach', { kind: 'input' })
      .then((overview) => this.#begin(overview))
      .catch(this.#fail);
    try {
      return await closed;
    } finally {
      clearTimeout(this.#deafTimer);
      clearTimeout(this.#busyTimer);
    }
  }

  #begin({ place, current, waiting }: PromptOverview): void {
    if (this.#view !== undefined) return;
    this.#take(place);
    if (current !== undefined && this.#fits(current)) this.#show(current);
    else this.#await(waiting);
  }

  /** What is meant for this command is asked on no other surface. */
  #take({ question }: PromptPlace): void {
    if (this.#view === undefined && question !== undefined && this.#fits(question)) this.#request('prompt.take', {});
  }

  /** Of an order that ended before it showed anything nobody knows more: with a choice of orders it is none of ours. */
  #isOurs({ promptId }: ClosedPrompt): boolean {
    return this.#view === undefined ? this.#isMeant === undefined : promptId === this.#view.promptId;
  }

  #await(waiting: readonly WaitingPrompt[]): void {
    this.#waiting = waiting;
    this.#pick();
  }

  /** Refused as long as another order is open. */
  #pick(): void {
    const meant = this.#view === undefined ? this.#waiting.find((one) => this.#fits(one)) : undefined;
    if (meant !== undefined) this.#request('prompt.pick', { promptId: meant.promptId });
  }

  #fits(order: WirePrompt | WaitingPrompt): boolean {
    return this.#isMeant?.(order) ?? true;
  }

  #show(view: WirePrompt): void {
    const isFirst = this.#view === undefined;
    if (isFirst && !this.#fits(view)) return;
    if (!isFirst && view.promptId !== this.#view?.promptId) return;
    this.#view = view;
    if (!this.#context.json) this.#describe(view, isFirst);
    if (isFirst) {
      this.#answerLater();
    } else if (this.#deafTimer === undefined) this.#answer();
  }

  #answerLater(): void {
    this.#deafTimer = setTimeout(() => {
      this.#deafTimer = undefined;
      this.#answer();
    }, afterDeafMs);
  }

  #answer(): void {
    if (this.#view === undefined) return;
    const { promptId, ticket, state, lastTry, documentsSigned } = this.#view;
    if (state === 'explain' || state === 'read') this.#acknowledge(this.#view);
    if (state === 'code') this.#request('prompt.cancel', { promptId });
    if (state === 'choose' && isAllRevoked(this.#view)) {
      this.#refusal = new MiddlewareError('ERR_CERT_REVOKED', 'Only revoked certificates fit');
      this.#request('prompt.cancel', { promptId });
    }
    if (state !== 'pin' || ticket === this.#sentTicket) return;
    // One more document is signed: the PIN was right, and is asked for the next.
    if (documentsSigned > this.#signed) this.#used = false;
    this.#signed = documentsSigned;
    if (this.#used || lastTry) {
      this.#request('prompt.cancel', { promptId });
      return;
    }
    this.#used = true;
    this.#sentTicket = ticket;
    this.#client.sendPin(ticket, this.#pin, { lastTryConsent: false }).catch(this.#fail);
  }

  /** Where another program has the card, closing means to try again: it gets a while for its work. */
  #acknowledge({ ticket, problem }: WirePrompt): void {
    const wait = problem?.code === 'ERR_CARD_BUSY' ? betweenTriesMs : 0;
    clearTimeout(this.#busyTimer);
    this.#busyTimer = setTimeout(() => this.#request('prompt.acknowledge', { ticket }), wait);
  }

  /** A refused PIN never reached a card: the state had changed while it was on its way. */
  #refuse(ticket: string): void {
    if (ticket !== this.#sentTicket) return;
    this.#used = false;
    this.#sentTicket = undefined;
    this.#answerLater();
  }

  #request(...[method, params]: Parameters<ControlClient['request']>): void {
    this.#client.request(method, params).catch(this.#fail);
  }

  #describe(view: WirePrompt, isFirst: boolean): void {
    const blocks = [...(isFirst ? orderBlocks(view, this.#context) : []), ...problemBlocks(view, this.#context)];
    const { error, out } = this.#context.ports;
    const text = view.state === 'read' ? readText(view, this.#context, out.columns) : [];
    error.write(this.#rows(blocks) + text.map((row) => `${row}\n`).join(''));
  }

  #rows(blocks: readonly Block[]): string {
    return rowsText(blocks, this.#context);
  }
}

/** A card that is still being read may bring another. */
const isAllRevoked = ({ candidates, reading }: WirePrompt): boolean =>
  !reading && candidates.length > 0 && candidates.every(({ revocation }) => revocation?.status === 'revoked');

function report({ promptId, outcome }: ClosedPrompt, view: WirePrompt | undefined, context: CommandContext): number {
  const { json, language, ports } = context;
  if (json) writeJson(context, { promptId, orderId: view?.orderId, outcome });
  else ports.out.write(rowsText([labelledText('kept', '', outcomeText(view, outcome, language))], context));
  return outcome.status === 'complete' ? exitCodes.done : exitCodeOfHint(outcome.hintCode);
}

function rowsText(blocks: readonly Block[], { ports }: CommandContext): string {
  return blocks.flatMap((block) => rowsOf(block, ports.out.columns).map((row) => `${row}\n`)).join('');
}
