import { frameKinds, frameLimits, ticketLength } from '../control-contract/frames.js';
import { eventSchemas, methodSchemas } from '../control-contract/schemas.js';
import { jsonSchemaOf } from './json-schema.js';
import { shapeText } from './shape-text.js';

const intro = `# The control protocol

Generated from the program by \`npm run docs\`. Between \`kort\` and \`kortd\`, for programs that do what \`kort\` does; \`kort/client\` is a typed client of it. It may change with the version of kort, other than what \`kort … --json\` writes.

## The socket

\`$XDG_RUNTIME_DIR/kort/INSTANCE/control.sock\` (macOS: below \`~/Library/Application Support/kort\`), mode 0600 in folders of mode 0700; on Windows a named pipe whose key stands in a file that only the user can read. Who connects must be the same user.

## Frames

Both ways: \`u32\` big-endian length of what follows, \`u8\` kind, payload.

| kind | payload | at most |
| ---- | ------- | ------- |
| ${frameKinds.json} | JSON-RPC 2.0 in UTF-8 | ${frameLimits.json} bytes |
| ${frameKinds.pin} | to the daemon only: a ticket of ${ticketLength} bytes, a byte of flags (bit 0: the last try may be spent), then the code in bytes | ${frameLimits.pin} bytes |
| ${frameKinds.key} | Windows, the first frame to the daemon only: the key of the pipe | ${frameLimits.key} bytes |

A code never stands in JSON. It belongs to the ticket that the daemon gave out with the question, and counts once.

## Calls

Requests are JSON-RPC 2.0 (§4) with a number as \`id\` and an object as \`params\`; there are no batches. A failure carries \`error.data\`: \`{ code, fields, retriable }\` with a code of [errors.md](errors.md). Events are notifications: \`method\` names one of those below, \`params\` what it carries.

\`?\` stands behind members that may be absent.
`;

/** What the program's own comments say, by the name of a method or event. */
export type Comments = ReadonlyMap<string, string>;

/** The doc comments in front of members whose names have a dot: \`'sandbox.list': …\`. */
export function commentsOf(source: string): Comments {
  const found = source.matchAll(/\/\*\*((?:(?!\*\/)[^])*)\*\/\s*'([a-z]+\.[A-Za-z]+)':/g);
  return new Map([...found].map(([, comment = '', name = '']) => [name, plain(comment)]));
}

const plain = (comment: string): string =>
  comment
    .split('\n')
    .map((row) => row.replace(/^\s*\*?\s?/, '').trim())
    .filter((row) => row !== '')
    .join(' ')
    .replaceAll(/\{@link (\w+)\}/g, '`$1`');

const fence = (text: string): string => `\`\`\`text\n${text}\n\`\`\`\n`;

/** `docs/control-protocol.md`: every method and event. */
export function controlPage(comments: Comments): string {
  const about = (name: string): readonly string[] => {
    const comment = comments.get(name);
    return comment === undefined ? [] : [`${comment}\n`];
  };
  const methods = Object.entries(methodSchemas).map(([name, { params, result }]) => {
    const given = shapeText(jsonSchemaOf(params));
    const answer = shapeText(jsonSchemaOf(result));
    return [
      `### ${name}\n`,
      ...about(name),
      ...(given === '{}' ? [] : ['Parameters:\n', fence(given)]),
      ...(answer === '{}' ? ['Answer: an empty object.\n'] : ['Answer:\n', fence(answer)]),
    ].join('\n');
  });
  const events = Object.entries(eventSchemas).map(([name, schema]) => {
    const text = shapeText(jsonSchemaOf(schema));
    return [`### ${name}\n`, ...about(name), ...(text === '{}' ? ['Carries nothing.\n'] : [fence(text)])].join('\n');
  });
  return [intro, '## Methods\n', ...methods, '## Events\n', ...events].join('\n');
}
