import { z } from 'zod';
import { failureDocument, helpDocument, versionDocument } from './json/every-command.js';
import type { JsonForm, JsonOutput, JsonOutputs, NoJsonForm } from './json-output.js';
import { jsonSchemaOf } from './json-schema.js';
import { shapeText } from './shape-text.js';

const intro = `# What kort writes with --json

Generated from the program by \`npm run docs\`; the same as JSON Schema (2020-12) is in [json-schemas.json](json-schemas.json).

Every command takes \`--json\`. It then writes one document on one line to standard output, and nothing else there; commands that go on until they are ended (\`kort watch\`, \`kort trace\`, \`kort status --watch\`), and those that list the history, write one a line. Progress, and what a person may want to read meanwhile, goes to standard error. Nothing is asked: a command that would need an answer ends with 2 and says which option gives it. Exit statuses are those of [exit-codes.md](exit-codes.md).

These forms are stable: what stands here keeps its name, its type and its meaning. New members may come in any version, so a program passes over those that it does not know; new values may come where a text names a kind. \`?\` stands behind members that may be absent. Times are ISO 8601 in UTC; durations are milliseconds where a name ends in \`Ms\`. \`card\` is a card, with its \`id\`; where only that id stands, it is \`token\`. Ids are strings. Fingerprints are the SHA-256 of the certificate in lower-case hexadecimal. No document ever holds a PIN or PUK, except for the sandbox's, which everyone knows.

## Failures

A failure is one document on standard output too, and the exit status says the same in short. \`code\` is one of [errors.md](errors.md) and stable; \`message\` and \`nextStep\` are sentences in the language asked for, for people; \`fields\` holds the facts of the sentence. A command that has written lines already ends with it as its last line. Without \`--json\` the sentences go to standard error.
`;

const fence = (text: string): string => `\`\`\`text\n${text}\n\`\`\`\n`;

/** `docs/json.md`, the commands in this order. */
export function jsonPage(outputs: JsonOutputs, paths: readonly string[]): string {
  const firsts = new Map<string, string>();
  const parts = paths.map((path) => {
    const output = outputs[path];
    return output === undefined ? '' : `### kort ${path}\n\n${outputText(output, path, firsts)}`;
  });
  return [
    intro,
    fence(shapeText(jsonSchemaOf(failureDocument))),
    '## Help and version\n',
    '`kort --version --json`\n',
    fence(shapeText(jsonSchemaOf(versionDocument))),
    '`kort help … --json`\n',
    fence(shapeText(jsonSchemaOf(helpDocument))),
    '## Commands\n',
    ...parts,
  ].join('\n');
}

/** Forms that are the same stand once. */
function outputText(output: JsonOutput, path: string, firsts: Map<string, string>): string {
  if (output.kind === 'none') return formText(output, path, firsts);
  const { other = {}, progress } = output;
  const progressText =
    progress === undefined ? [] : [`Meanwhile, each line on standard error:\n\n${fence(textOf(progress))}`];
  const others = Object.entries(other).map(
    ([options, form]) => `With \`${options}\`:\n\n${formText(form, `${path} ${options}`, firsts)}`,
  );
  return [formText(output, path, firsts), ...progressText, ...others].join('\n');
}

function formText(form: JsonForm | NoJsonForm, path: string, firsts: Map<string, string>): string {
  if (form.kind === 'none') return `Has no such form: ${form.why}.\n`;
  const text = textOf(form.schema);
  const key = `${form.kind} ${text}`;
  const first = firsts.get(key);
  if (first !== undefined) return `As \`kort ${first}\`.\n`;
  firsts.set(key, path);
  const known = form.kind === 'lines' ? firsts.get(`document ${text}`) : undefined;
  if (known !== undefined) return `Each line as \`kort ${known}\`.\n`;
  return `${form.kind === 'lines' ? 'Each line:\n\n' : ''}${fence(text)}`;
}

const textOf = (schema: z.ZodType): string => shapeText(jsonSchemaOf(schema));

/** `docs/json-schemas.json`: the same for programs; `sameAs` names a command whose form it is too. */
export function jsonSchemas(outputs: JsonOutputs, paths: readonly string[]): string {
  const firsts = new Map<string, string>();
  const commands = paths.flatMap((path) => {
    const output = outputs[path];
    if (output === undefined || output.kind === 'none') return [];
    const key = JSON.stringify(output, (name, value: unknown) =>
      value instanceof z.ZodType ? jsonSchemaOf(value) : value,
    );
    const sameAs = firsts.get(key);
    if (sameAs === undefined) firsts.set(key, path);
    return [[path, sameAs === undefined ? schemasOf(output) : { sameAs }] as const];
  });
  const all = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    failure: jsonSchemaOf(failureDocument),
    version: jsonSchemaOf(versionDocument),
    help: jsonSchemaOf(helpDocument),
    commands: Object.fromEntries(commands),
  };
  return JSON.stringify(all, undefined, 2);
}

function schemasOf({ kind, schema, other, progress }: Exclude<JsonOutput, NoJsonForm>): object {
  const forms = Object.entries(other ?? {}).flatMap(([options, form]) =>
    form.kind === 'none' ? [] : [[options, { output: form.kind, schema: jsonSchemaOf(form.schema) }] as const],
  );
  return {
    output: kind,
    schema: jsonSchemaOf(schema),
    ...(progress === undefined ? {} : { progress: jsonSchemaOf(progress) }),
    ...(forms.length === 0 ? {} : { with: Object.fromEntries(forms) }),
  };
}
