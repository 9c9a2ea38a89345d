import { cardErrors } from './errors-cards.js';
import { certificateErrors } from './errors-certificates.js';
import { downloadErrors } from './errors-downloads.js';
import { loginErrors } from './errors-logins.js';
import { moduleErrors } from './errors-modules.js';
import { pinErrors } from './errors-pins.js';
import { programErrors } from './errors-program.js';
import { readerErrors } from './errors-readers.js';
import { sandboxErrors } from './errors-sandbox.js';
import { settingErrors } from './errors-settings.js';
import { verifyErrors } from './errors-verifying.js';
import type { ErrorTexts } from './error-texts.js';

/** The texts of every code, by area in files of their own; an area without texts does not compile. */
export const errorMessages: ErrorTexts<string> = {
  ...programErrors,
  ...readerErrors,
  ...cardErrors,
  ...pinErrors,
  ...moduleErrors,
  ...certificateErrors,
  ...downloadErrors,
  ...loginErrors,
  ...verifyErrors,
  ...settingErrors,
  ...sandboxErrors,
};
