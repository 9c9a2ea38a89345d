import { readFileSync, writeFileSync } from 'node:fs';
import { followGuide } from './guide-runner.js';
import { guides } from './guides.js';

/** Follows the guides and writes the screens into them that they show now: scripts/guide-screens starts it. */
const wanted = process.argv.slice(2);
for (const { path, language } of guides) {
  if (wanted.length > 0 && !wanted.some((name) => path.endsWith(name))) continue;
  process.stdout.write(`${path}\n`);
  writeFileSync(path, await followGuide(readFileSync(path, 'utf8'), language));
}
