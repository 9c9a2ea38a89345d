import { errorText } from '../messages/error-text.js';
import { cardWorkEffectText, cardWorkMessages } from '../messages/card-work.js';
import { commandMessages } from '../messages/commands.js';
import { pinEffectText } from '../messages/pin.js';
import { hintText } from '../messages/outcomes.js';
import { reasonText } from '../messages/reasons.js';
import { isMiddlewareError, type ErrorFields } from '../core/errors.js';
import { writeJson, type CommandContext } from './context.js';
import { nextStepFields } from '../terminal/look.js';
import { exitCodeOfError } from './exit-codes.js';
import { marked, rowsOfMarked } from '../terminal/layout/marked-text.js';
import { screenText } from '../terminal/layout/screen-text.js';

/** Tells the user about a failure, in sentences or as JSON, and gives its exit status. */
export async function reportError(context: CommandContext, error: unknown): Promise<number> {
  const { code, fields } = describe(error, context);
  const all = await allFields(context, code, fields);
  const text = errorText(context.language, code, all);
  const effect = pinEffectText(context.language, all);
  const left = cardWorkEffectText(context.language, all);
  const sentence = [text.sentence, effect?.sentence, left?.sentence].filter(Boolean).join(' ');
  const own = left?.nextStep === undefined ? text.nextStep : beforeGoingOn(context, { code, fields }, text.nextStep);
  const nextStep = [effect?.nextStep ?? own, left?.nextStep].filter(Boolean).join(' ');
  if (context.json) writeJson(context, { error: { code, message: sentence, nextStep, fields } });
  else {
    const words = commandMessages[context.language];
    context.ports.error.write(
      screenLines(context, [`${words.error}: ${sentence}`, `${words.nextStep}: ${nextStep}`, `(${code})`]),
    );
  }
  return exitCodeOfError(code, fields);
}

interface Failure {
  readonly code: string;
  readonly fields: ErrorFields;
}

/** What was interrupted and goes on is not started again. */
function beforeGoingOn({ language }: CommandContext, { code, fields }: Failure, usual: string): string | undefined {
  if (code === 'ERR_CARD_REMOVED') {
    return fields['downloadId'] === undefined ? undefined : cardWorkMessages[language].insert;
  }
  const isSaidAnyway = code === 'ERR_ABORTED' || (code === 'ERR_DOWNLOAD_UNFINISHED' && fields['reason'] === 'issued');
  return isSaidAnyway ? undefined : usual;
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

function screenLines({ ports }: CommandContext, lines: readonly string[]): string {
  const { columns } = ports.error;
  const rows =
    columns === undefined ? lines.map(screenText) : lines.flatMap((line) => rowsOfMarked(marked(line), columns));
  return rows.map((row) => `${row.trimEnd()}\n`).join('');
}
