import { runProgram } from './run-program.js';

/** Whether the system takes the time from elsewhere (timedatectl(1)); undefined where it does not tell. */
export async function isClockSynced(env: NodeJS.ProcessEnv = process.env): Promise<boolean | undefined> {
  if (process.platform !== 'linux') return undefined;
  const { code, output } = await runProgram('timedatectl', ['show', '--property=NTPSynchronized', '--value'], env);
  const word = output.trim();
  return code === 0 && (word === 'yes' || word === 'no') ? word === 'yes' : undefined;
}
