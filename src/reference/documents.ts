import { buildWholeTree } from '../cli/whole-tree.js';
import { everyCommand, isRunnable, pathOf } from '../cli/tree.js';
import { commentsOf, controlPage } from './control-page.js';
import { doctorPage } from './doctor-page.js';
import { errorsPage } from './errors-page.js';
import { jsonOutputs } from './json-outputs.js';
import { jsonPage, jsonSchemas } from './json-page.js';

/** A generated file of the documentation; the text is to be formatted as the rest of it. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

/** Sources whose comments tell what methods and events are for. */
export const contractSources: readonly string[] = [
  'src/control-contract/methods.ts',
  'src/control-contract/certificates.ts',
];

/** Everything under `docs` that is made from the program; `sources` are the texts of {@link contractSources}. */
export async function generatedDocuments(sources: readonly string[]): Promise<readonly GeneratedFile[]> {
  const tree = await buildWholeTree('en');
  const paths = everyCommand(tree)
    .filter((command) => command.parent !== null && isRunnable(command))
    .map((command) => pathOf(command).join(' '));
  return [
    { path: 'docs/json.md', text: jsonPage(jsonOutputs, paths) },
    { path: 'docs/json-schemas.json', text: jsonSchemas(jsonOutputs, paths) },
    { path: 'docs/errors.md', text: errorsPage() },
    { path: 'docs/doctor.md', text: doctorPage() },
    { path: 'docs/control-protocol.md', text: controlPage(commentsOf(sources.join('\n'))) },
  ];
}
