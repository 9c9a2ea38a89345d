import { dirname, join } from 'node:path';
import { isMiddlewareError, type MiddlewareError } from '../core/errors.js';
import type { Logger } from '../core/ports.js';
import type { SettingsPorts } from '../doctor/checks/settings.js';
import { unusableCardHooks } from '../platform/card-hooks.js';
import { readChoiceRules } from '../platform/choice-rules-file.js';
import { readExpirySettings } from '../platform/expiry-settings.js';
import { defaultInstance } from '../platform/instance.js';
import type { InstancePaths } from '../platform/paths.js';
import { readRevocationSettings } from '../platform/revocation-settings.js';
import { readSettingFiles } from '../platform/user-settings.js';
import { RelyingPartyStore } from './relying-party-store.js';
import { readTrustFolders } from './trust-folder.js';

const silence = (): void => undefined;
const quiet: Logger = { debug: silence, info: silence, warn: silence, error: silence };

/** Reads every file of settings as the daemon does when it starts, and tells what is refused. */
export function refusedSettings({ instance, system, config }: InstancePaths): SettingsPorts['refused'] {
  const inBoth = (name: string): readonly string[] => [join(system, name), join(config, name)];
  const collected = (read: (onProblem: (problem: MiddlewareError) => void) => unknown) => async () => {
    const problems: MiddlewareError[] = [];
    await read((problem) => problems.push(problem));
    return problems;
  };
  return {
    'relying-party': () => {
      const folders = { system: join(system, 'relying-parties.d'), user: join(config, 'relying-parties.d') };
      return Promise.resolve(new RelyingPartyStore(folders, quiet).skipped);
    },
    trust: collected((onProblem) =>
      readTrustFolders(
        [
          { path: join(system, 'trust.d'), source: 'system' },
          { path: join(config, 'trust.d'), source: 'user' },
        ],
        onProblem,
      ),
    ),
    choice: collected((onProblem) => {
      for (const [index, path] of inBoth('choice.json').entries()) {
        try {
          readChoiceRules(path, index === 0 ? 'system' : 'user');
        } catch (error) {
          if (!isMiddlewareError(error)) throw error;
          onProblem(error);
        }
      }
    }),
    revocation: collected((onProblem) => readRevocationSettings(inBoth('revocation.json'), onProblem)),
    expiry: collected((onProblem) => readExpirySettings(inBoth('expiry.json'), onProblem)),
    user: () => {
      // These are the same for all instances.
      const user = join(instance === defaultInstance ? config : dirname(config), 'settings.json');
      const files = readSettingFiles({ user, system: join(system, 'settings.json') });
      return Promise.resolve(files.flatMap(({ problems }) => problems));
    },
    hook: () => Promise.resolve(unusableCardHooks(inBoth('hooks.d'))),
  };
}
