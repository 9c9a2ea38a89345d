import { homedir } from 'node:os';
import { join } from 'node:path';
import type { CliPorts, UiRun } from '../cli/ports.js';
import { doctorCheckNames, type DoctorReport } from '../model/doctor.js';
import { productVersion } from './product.js';

/** `kort ui`: what the terminal UI shows and asks goes over the same ports as the command line. */
export async function runTerminalUi({ look, linear }: UiRun, ports: CliPorts): Promise<void> {
  const instance = look.instance ?? 'default';
  // React and ink look at both: what is for those who develop with them is slow, and lets a program beside us look in.
  process.env['NODE_ENV'] = 'production';
  delete process.env['DEV'];
  // The daemon answers while the program is loaded.
  let first: ReturnType<CliPorts['connect']> | undefined = ports.connect(instance);
  first.catch(() => undefined);
  const [interrupted, { runUi }, { openKeyTerminal }, { suspendJob }, { forbidCoreDumps }] = await Promise.all([
    ports.interrupted(),
    import('../tui/app.js'),
    import('../platform/terminal.js'),
    import('../platform/suspension.js'),
    import('../platform/core-dumps.js'),
  ]);
  forbidCoreDumps();
  const connect = (): ReturnType<CliPorts['connect']> => {
    const connection = first ?? ports.connect(instance);
    first = undefined;
    return connection;
  };
  await runUi(
    {
      version: productVersion(),
      connect,
      startDaemon: async () => {
        await ports.startDaemon({ instance, sandbox: look.sandbox });
      },
      openTerminal: ({ enter, leave, onBytes, onResize }) => {
        const terminal = openKeyTerminal({ onBytes, onResize, leave });
        if (enter !== '') terminal.write(enter);
        return Promise.resolve(terminal);
      },
      suspend: suspendJob,
      interrupted,
      examine: async (onCheck, signal) => {
        const doctor = await ports.doctor();
        return await doctor.examine({ instance, only: doctorCheckNames, onCheck, signal });
      },
      writeReport: async (report, path = defaultReportPath(report)) => {
        const doctor = await ports.doctor();
        const written = await doctor.writeReport({ instance, report, path, overwrite: false, signal: interrupted });
        return written.path;
      },
    },
    look,
    { linear },
  );
}

/** In the home folder, by the time of the report, so that none takes the place of another. */
function defaultReportPath({ time }: DoctorReport): string {
  return join(homedir(), `kort-report-${time.replaceAll(/[-:]/g, '').slice(0, 15)}.tar.gz`);
}
