import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchChromium } from './chromium.js';
import { withFolderInPlaceOf } from './own-mounts.js';

/**
 * Chromium under a policy of the administrator's. Its folder is laid over /etc/chromium in a mount namespace that this
 * browser alone sees, and that goes with it: nothing of the system changes.
 *
 * @param options.folder - a private folder for the policy and the program that starts the browser.
 */
export function launchManagedChromium(options: {
  readonly folder: string;
  readonly policy: object;
  readonly env: NodeJS.ProcessEnv;
  readonly args: string[];
}): Promise<Browser> {
  const { folder, policy, env, args } = options;
  const etc = join(folder, 'etc-chromium');
  mkdirSync(join(etc, 'policies', 'managed'), { recursive: true });
  writeFileSync(join(etc, 'policies', 'managed', 'kort.json'), JSON.stringify(policy));
  const program = join(folder, 'managed-chromium');
  const words = [...withFolderInPlaceOf(etc, '/etc/chromium'), '/usr/bin/chromium'];
  const quoted = words.map((word) => `'${word.replaceAll("'", `'"'"'`)}'`);
  writeFileSync(program, `#!/bin/sh\nexec ${quoted.join(' ')} "$@"\n`);
  chmodSync(program, 0o755);
  return launchChromium({ executablePath: program, env: env, args });
}
