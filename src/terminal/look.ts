import type { ErrorFields } from '../core/errors.js';
import type { Language } from '../messages/language.js';

/** How text for a terminal is made. */
export interface Look {
  readonly language: Language;
  readonly color: boolean;
}

/** The same, where commands are named that must reach the same daemon. */
export interface InstanceLook extends Look {
  /** Undefined for the ordinary one. */
  readonly instance: string | undefined;
}

/** The same, where it matters whether that is a sandbox. */
export interface NextStepLook extends InstanceLook {
  readonly sandbox: boolean;
}

/** The instance that `kort sandbox …` means unless another is named. */
export const sandboxInstance = 'sandbox';

/** What the catalogue needs so that the commands in its next steps reach the same instance. */
export function nextStepFields({ instance, sandbox }: Omit<NextStepLook, keyof Look>): ErrorFields {
  const named = instance === 'default' ? undefined : instance;
  return {
    instance: named,
    group: sandbox ? 'sandbox' : 'daemon',
    groupInstance: sandbox && named === sandboxInstance ? undefined : named,
  };
}

/** What commands that we name must end with so that they reach the same instance: nothing for the ordinary one. */
export function instanceOption({ instance = 'default' }: Pick<InstanceLook, 'instance'>): string {
  return instance === 'default' ? '' : ` --instance ${instance}`;
}
