import { errorText } from '../messages/error-text.js';
import { cardWorkEffectText } from '../messages/card-work.js';
import { commandMessages } from '../messages/commands.js';
import { pinEffectText } from '../messages/pin.js';
import { hintText } from '../messages/outcomes.js';
import { reasonText } from '../messages/reasons.js';
import { isMiddlewareError, type ErrorFields } from '../core/errors.js';
import { nextStepFields, writeJson, type CommandContext } from './context.js';
import { exitCodeOfError } from './exit-codes.js';
import { screenText } from './screen-text.js';

/** Tells the user about a failure, in sentences or as JSON, and gives its exit status. */
export async function reportError(context: CommandContext, error: unknown): Promise<number> {
  const { code, fields } = describe(error, context);
  const all = await allFields(context, code, fields);
  const text = errorText(context.language, code, all);
  const effect = pinEffectText(context.language, all);
  const left = cardWorkEffectText(context.language, all);
  const sentence = [text.sentence, effect?.sentence, left?.sentence].filter(Boolean).join(' ');
  // What was interrupted and goes on is not started again.
  const own = code === 'ERR_ABORTED' && left?.nextStep !== undefined ? undefined : text.nextStep;
  const nextStep = [effect?.nextStep ?? own, left?.nextStep].filter(Boolean).join(' ');
  if (context.json) writeJson(context, { error: { code, message: sentence, nextStep, fields } });
  else {
    const words = commandMessages[context.language];
    context.ports.error.write(
      screenLines([`${words.error}: ${sentence}`, `${words.nextStep}: ${nextStep}`, `(${code})`]),
    );
  }
  return exitCodeOfError(code, fields);
}

interface Failure {
  readonly code: string;
  readonly fields: ErrorFields;
}

function describe(error: unknown, { sandbox }: CommandContext): Failure {
  if (!isMiddlewareError(error)) {
    return { code: 'ERR_INTERNAL', fields: { detail: error instanceof Error ? error.message : undefined } };
  }
  const absent = sandbox && error.code === 'ERR_IPC_DAEMON_UNREACHABLE';
  return { code: absent ? 'ERR_SANDBOX_NOT_RUNNING' : error.code, fields: error.fields };
}

/** What the sentences need besides what the failure brought along. */
async function allFields(context: CommandContext, code: string, fields: ErrorFields): Promise<ErrorFields> {
  const { language, ports, instance } = context;
  const { hintCode } = fields;
  const reason = typeof hintCode === 'string' ? hintText(language, hintCode, 'auth') : fields['reason'];
  const log = code === 'ERR_INTERNAL' ? await ports.logPath(instance ?? 'default') : fields['log'];
  return {
    ...fields,
    detail: reasonText(language, fields) ?? fields['detail'],
    reason,
    log,
    ...nextStepFields(context),
  };
}

function screenLines(lines: readonly string[]): string {
  return lines.map((line) => `${screenText(line)}\n`).join('');
}
