/** What the system shall run for a `kort:` link; the link follows as one more argument. */
export interface LinkProgram {
  /** Absolute path of a program, and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** Of the ordinary instance undefined. */
  readonly instance: string | undefined;
}

/** All arguments but the link. After `--` nothing is an option, whatever the link says. */
export function openArguments({ command, instance }: LinkProgram): readonly [string, ...string[]] {
  const [program, ...args] = command;
  return [program, ...args, ...(instance === undefined ? [] : ['--instance', instance]), 'open', '--'];
}

/** A name for what is registered: each instance has its own. */
export function registeredName({ instance }: LinkProgram): string {
  return instance === undefined ? 'kort-open' : `kort-open-${instance}`;
}
