import { exitCodeOfError } from '../cli/exit-codes.js';
import { errorCodes } from '../core/errors.js';
import { errorMessages } from '../messages/errors.js';
import { escapedMarkdown } from './markdown-text.js';

const intro = `# Errors

Generated from the program by \`npm run docs\`. Every failure has one of these codes; they are stable and never used for something else. \`kort\` shows the sentence and what to do next, in Swedish or English; with \`--json\` the code stands in \`error.code\` ([json.md](json.md)), on the control socket in \`error.data.code\` ([control-protocol.md](control-protocol.md)). Facts stand in braces; a part in brackets is left out where its facts are not known. "Ends with" is the exit status of a command ([exit-codes.md](exit-codes.md)).
`;

/** `docs/errors.md`: every code, in the order of the program. */
export function errorsPage(): string {
  const parts = errorCodes.map((code) => {
    const { sv, en } = errorMessages[code];
    return [
      `## ${code}\n`,
      `Ends with ${exitCodeOfError(code)}.\n`,
      `- **en** ${escapedMarkdown(en.sentence)} _${escapedMarkdown(en.nextStep)}_`,
      `- **sv** ${escapedMarkdown(sv.sentence)} _${escapedMarkdown(sv.nextStep)}_\n`,
    ].join('\n');
  });
  return [intro, ...parts].join('\n');
}
