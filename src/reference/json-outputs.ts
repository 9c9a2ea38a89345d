import type { JsonOutputs } from './json-output.js';
import { cardOutputs } from './json/cards.js';
import { certificateOutputs } from './json/certificates.js';
import { lookOutputs } from './json/look.js';
import { sandboxOutputs } from './json/sandbox.js';
import { setupOutputs } from './json/setup.js';

/** What each command writes with `--json`; whoever adds a command adds it to one of these. */
export const jsonOutputs: JsonOutputs = {
  ...cardOutputs,
  ...certificateOutputs,
  ...lookOutputs,
  ...setupOutputs,
  ...sandboxOutputs,
};
