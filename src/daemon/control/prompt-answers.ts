import type { RefusedPin } from '../../control-contract/prompts.js';
import type { Logger } from '../../core/ports.js';
import type { PromptAnswer } from '../../operations/prompt.js';
import type { ControlCaller, ControlHandlers, PinReceiver } from './handlers.js';
import type { PromptStand } from './prompt-stand.js';
import type { SurfaceRanks } from './surface-ranks.js';
import type { WaitingPrompts } from './waiting-prompts.js';

/** What answers are judged by. */
interface PromptAnswersOptions {
  readonly stand: PromptStand;
  readonly ranks: SurfaceRanks;
  readonly waiting: WaitingPrompts;
  readonly logger: Logger;
}

/** What surfaces answer: it counts from the one surface that has the open prompt, and once. */
export interface PromptAnswers {
  readonly handlers: Pick<
    ControlHandlers,
    'prompt.choose' | 'prompt.usePinPad' | 'prompt.typeCode' | 'prompt.acknowledge' | 'prompt.cancel'
  >;
  readonly pinReceiver: PinReceiver;
}

/** Answers to what stands there. */
export function promptAnswers({ stand, ranks, waiting, logger }: PromptAnswersOptions): PromptAnswers {
  const refusalOf = (caller: ControlCaller): RefusedPin['reason'] | undefined =>
    ranks.has(caller) ? stand.refusal(caller) : 'detached';

  /** Why it does not count; undefined if it does. */
  const offer = (caller: ControlCaller, ticket: string, answer: PromptAnswer): RefusedPin['reason'] | undefined => {
    const refusal = refusalOf(caller);
    if (refusal !== undefined) return refusal;
    if (stand.prompt?.offer(ticket, answer) !== true) return 'late';
    ranks.used(caller);
    return undefined;
  };

  const take = (caller: ControlCaller, ticket: string, answer: PromptAnswer): { accepted: boolean } => ({
    accepted: offer(caller, ticket, answer) === undefined,
  });

  /** One that has shown nothing yet was told of: whoever cancels it means it. */
  const mayCancel = (caller: ControlCaller): boolean => {
    const refusal = refusalOf(caller);
    return refusal === undefined || (!stand.isOpened && refusal === 'late');
  };

  const cancel = (caller: ControlCaller, promptId: string): boolean => {
    if (!ranks.has(caller)) return false;
    const isOpen = stand.prompt?.promptId === promptId && mayCancel(caller);
    const prompt = waiting.find(promptId) ?? (isOpen ? stand.prompt : undefined);
    prompt?.cancel();
    return prompt !== undefined;
  };

  return {
    handlers: {
      'prompt.choose': ({ ticket, candidateId }, caller) => take(caller, ticket, { kind: 'choose', candidateId }),
      'prompt.usePinPad': ({ ticket, lastTryConsent, language }, caller) =>
        take(caller, ticket, {
          kind: 'pinPad',
          lastTryConsent,
          ...(language === undefined ? {} : { language }),
        }),
      'prompt.typeCode': ({ ticket, code }, caller) => take(caller, ticket, { kind: 'code', code }),
      'prompt.acknowledge': ({ ticket }, caller) => take(caller, ticket, { kind: 'acknowledge' }),
      'prompt.cancel': ({ promptId }, caller) => ({ accepted: cancel(caller, promptId) }),
    },
    pinReceiver: ({ ticket, pin, lastTryConsent }, caller) => {
      const reason = offer(caller, ticket, { kind: 'pin', pin, lastTryConsent });
      if (reason === undefined) return;
      pin.wipe();
      logger.warn({ reason }, 'A PIN was refused and wiped');
      caller.notify('prompt.refused', { ticket, reason });
    },
  };
}
