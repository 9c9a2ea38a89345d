import type { DoctorFinding } from '../../model/doctor.js';
import { doctorFinding, type DoctorCode } from '../../model/doctor-codes.js';
import type { PathFacts, ServiceSetup, SocketAnswer } from '../../model/machine.js';
import { reportOfDaemon } from '../ask-softly.js';
import type { DoctorCheck, DoctorDaemon } from '../doctor-check.js';

/** A reader as the PC/SC service shows it. */
export interface SeenReader {
  readonly name: string;
  readonly card: 'absent' | 'present' | 'mute' | 'unresponsive';
  readonly sharing: 'unused' | 'shared' | 'exclusive';
  /** Hexadecimal; absent without a card. */
  readonly atr?: string | undefined;
}

/** What the PC/SC service says when it is asked as any program asks it. */
export interface ServiceAnswer {
  readonly state: 'available' | 'library-missing' | 'absent' | 'refused' | 'failed';
  /** PC/SC's own name of what failed. */
  readonly status?: string | undefined;
  readonly readers: readonly SeenReader[];
}

/** The PC/SC service as every check sees it: asked once. */
export interface PcscLook {
  readonly socket: SocketAnswer;
  readonly service: ServiceAnswer;
}

/** What {@link pcscCheck} looks at. */
export interface PcscPorts {
  /** Only Linux has a service with a socket that could be looked at. */
  readonly platform: string;
  readonly socket: string;
  /** The value of PCSCLITE_CSOCK_NAME. */
  readonly namedSocket: string | undefined;
  readonly silentAfterMs: number;
  readonly daemon: DoctorDaemon;
  readonly look: () => Promise<PcscLook>;
  readonly lookAt: (path: string) => Promise<PathFacts | undefined>;
  readonly setup: () => Promise<ServiceSetup>;
}

type Findings = readonly DoctorFinding<DoctorCode>[];

/** Whether the PC/SC service can be used, and if not, why. */
export function pcscCheck(ports: PcscPorts): DoctorCheck {
  return {
    name: 'pcsc',
    lane: 'cards',
    run: async () => {
      const report = await reportOfDaemon(ports.daemon);
      const status = report?.daemon ?? (await ports.daemon.ask('daemon.status', {}).catch(() => undefined));
      if (status?.sandbox === true) return [doctorFinding('pcsc.sandbox')];
      if (ports.platform !== 'linux') return { notTried: doctorFinding('pcsc.not-tried', { system: ports.platform }) };
      const { socket, service } = await ports.look();
      if (service.state === 'available') return await availableFindings(ports, report?.service);
      return await unavailableFindings(ports, socket, service);
    },
  };
}

async function availableFindings({ setup, socket }: PcscPorts, daemons: string | undefined): Promise<Findings> {
  const { hasDriver, driverFolder } = await setup();
  return [
    ...(daemons === 'absent' || daemons === 'missing' ? [doctorFinding('pcsc.daemon-blind')] : []),
    ...(hasDriver ? [] : [doctorFinding('pcsc.driver-missing', { folder: driverFolder })]),
    doctorFinding('pcsc.here', { socket }),
  ];
}

/** The nearest cause alone: what follows from it would only confuse. */
async function unavailableFindings(ports: PcscPorts, answer: SocketAnswer, service: ServiceAnswer): Promise<Findings> {
  const { socket, silentAfterMs } = ports;
  if (service.state === 'library-missing') return [doctorFinding('pcsc.library-missing')];
  if (service.state === 'refused' || answer === 'closed') return [doctorFinding('pcsc.refused', { socket })];
  if (answer === 'silent') return [doctorFinding('pcsc.silent', { socket, seconds: silentAfterMs / 1000 })];
  if (answer === 'denied') return [doctorFinding('pcsc.denied', { socket, owner: await ownerOf(ports) })];
  if (service.state === 'failed') return [doctorFinding('pcsc.failed', { status: service.status })];
  return [await absentFinding(ports, answer)];
}

async function ownerOf({ lookAt, socket }: PcscPorts): Promise<string | undefined> {
  return (await lookAt(socket))?.owner;
}

async function absentFinding(
  { namedSocket, socket, setup }: PcscPorts,
  answer: SocketAnswer,
): Promise<DoctorFinding<DoctorCode>> {
  if (namedSocket !== undefined) return doctorFinding('pcsc.socket-name', { path: namedSocket });
  const { isInstalled, maskedUnit } = await setup();
  if (!isInstalled) return doctorFinding('pcsc.not-installed');
  if (maskedUnit !== undefined) return doctorFinding('pcsc.masked', { unit: maskedUnit });
  return doctorFinding(answer === 'dead' ? 'pcsc.dead-socket' : 'pcsc.not-running', { socket });
}
