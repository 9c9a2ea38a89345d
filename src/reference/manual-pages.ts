import { buildWholeTree } from '../cli/whole-tree.js';
import type { GeneratedFile } from './documents.js';
import { commandPage, daemonPage, pageName, programPage, type PageFrame } from './manual-page.js';

/** Every manual page in both languages, by its path below a folder of `MANPATH`. */
export async function manualPages(version: string): Promise<readonly GeneratedFile[]> {
  const swedish = await pagesIn({ language: 'sv', version });
  return [
    ...(await pagesIn({ language: 'en', version })),
    ...swedish.map(({ path, text }) => ({ path: `sv/${path}`, text })),
  ];
}

async function pagesIn(frame: PageFrame): Promise<readonly GeneratedFile[]> {
  const tree = await buildWholeTree(frame.language);
  return [
    { path: 'man1/kort.1', text: programPage(tree, frame) },
    ...tree.commands.map((command) => ({
      path: `man1/${pageName(command)}.1`,
      text: commandPage(command, frame),
    })),
    { path: 'man8/kortd.8', text: daemonPage(frame) },
  ];
}
