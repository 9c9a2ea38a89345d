import { cardProvocations } from './cards.js';
import { certificateProvocations } from './certificates.js';
import { downloadProvocations } from './downloads.js';
import { loginProvocations } from './logins.js';
import { moduleProvocations } from './modules.js';
import { pinProvocations } from './pins.js';
import { programProvocations } from './program.js';
import type { Provocations } from './provocation.js';
import { readerProvocations } from './readers.js';
import { sandboxProvocations } from './sandbox.js';
import { settingProvocations } from './settings.js';
import { verifyProvocations } from './verifying.js';

/** For every code: a cause of it, brought about in this process. A code without one does not compile. */
export const provokedErrors: Provocations<string> = {
  ...programProvocations,
  ...readerProvocations,
  ...cardProvocations,
  ...pinProvocations,
  ...moduleProvocations,
  ...certificateProvocations,
  ...downloadProvocations,
  ...loginProvocations,
  ...verifyProvocations,
  ...settingProvocations,
  ...sandboxProvocations,
};
