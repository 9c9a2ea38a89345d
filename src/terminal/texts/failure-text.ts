import { isMiddlewareError, type ErrorFields } from '../../core/errors.js';
import { cardWorkEffectText, cardWorkMessages } from '../../messages/card-work.js';
import { errorText } from '../../messages/error-text.js';
import { afterOwnCancel, hintText } from '../../messages/outcomes.js';
import type { Language } from '../../messages/language.js';
import { pinEffectText } from '../../messages/pin.js';
import { reasonText } from '../../messages/reasons.js';
import { nextStepFields, type Look, type NextStepLook } from '../look.js';

/** A failure by its code, with what its sentences need. */
export interface Failure {
  readonly code: string;
  readonly fields: ErrorFields;
}

/** What a person reads of a failure. */
export interface FailureText {
  /** What happened, and what has become of PIN and card. */
  readonly sentence: string;
  readonly nextStep: string;
}

/** Anything that was thrown, as a failure. */
export function failureOf(error: unknown, { sandbox }: Pick<NextStepLook, 'sandbox'>): Failure {
  if (!isMiddlewareError(error)) {
    return { code: 'ERR_INTERNAL', fields: { detail: error instanceof Error ? error.message : undefined } };
  }
  const absent = sandbox && error.code === 'ERR_IPC_DAEMON_UNREACHABLE';
  return { code: absent ? 'ERR_SANDBOX_NOT_RUNNING' : error.code, fields: error.fields };
}

/** What happened and what to do next; `log` is where more of it stands. */
export function failureText({ code, fields }: Failure, look: NextStepLook, log?: string): FailureText {
  const { language } = look;
  const all = allFields(fields, look, log);
  const text = textOf({ code, fields: all }, language);
  const effect = pinEffectText(language, all);
  const left = cardWorkEffectText(language, all);
  const own = left?.nextStep === undefined ? text.nextStep : beforeGoingOn({ code, fields }, text.nextStep, look);
  return {
    sentence: [text.sentence, effect?.sentence, left?.sentence].filter(Boolean).join(' '),
    nextStep: [effect?.nextStep ?? own, left?.nextStep].filter(Boolean).join(' '),
  };
}

/** Who cancelled need not look for a fault. */
function textOf({ code, fields }: Failure, language: Language): FailureText {
  const text = errorText(language, code, fields);
  const isCancelled = code === 'ERR_ISSUER_LOGIN' && fields['hintCode'] === 'userCancel';
  return isCancelled ? { ...text, nextStep: afterOwnCancel[language] } : text;
}

/** What was interrupted and goes on is not started again. */
function beforeGoingOn({ code, fields }: Failure, usual: string, { language }: Look): string | undefined {
  if (code === 'ERR_CARD_REMOVED') {
    return fields['downloadId'] === undefined ? undefined : cardWorkMessages[language].insert;
  }
  const isSaidAnyway = code === 'ERR_ABORTED' || (code === 'ERR_DOWNLOAD_UNFINISHED' && fields['reason'] === 'issued');
  return isSaidAnyway ? undefined : usual;
}

/** What the sentences need besides what the failure brought along. */
function allFields(fields: ErrorFields, look: NextStepLook, log: string | undefined): ErrorFields {
  const { language } = look;
  const { hintCode } = fields;
  const reason = typeof hintCode === 'string' ? hintText(language, hintCode, 'auth') : fields['reason'];
  return {
    ...fields,
    detail: reasonText(language, fields) ?? fields['detail'],
    reason,
    log: log ?? fields['log'],
    ...nextStepFields(look),
  };
}
