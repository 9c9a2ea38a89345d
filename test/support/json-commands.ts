import { sandboxPin, sandboxPuk } from '../../src/sandbox/sandbox-cards.js';
import type { SettledCommand } from './json-program.js';
import type { JsonStage } from './json-stage.js';

/** A command of the table; what follows its words may be known only when its turn comes. */
export type JsonCommand = Omit<SettledCommand, 'args'> & {
  readonly args?: readonly string[] | ((stage: JsonStage) => readonly string[] | Promise<readonly string[]>);
};

const [pin, puk] = [sandboxPin, sandboxPuk];
/** Stands in no document: so long that nothing else is it by chance. */
export const secretPin = '918273645546';
export const phrase = 'kvisten knakar i backen';
const party = (stage: JsonStage): string => stage.party.clientId;
const changing = ['--pin-stdin', '--yes'];

const looks: readonly JsonCommand[] = [
  { path: 'status' },
  { path: 'daemon status' },
  { path: 'daemon start', args: ['--instance', 'other', '--port', '0'] },
  { path: 'status', args: ['--instance', 'other'] },
  { path: 'daemon stop', args: ['--instance', 'other'] },
  { path: 'doctor', args: ['--check', 'versions', '--check', 'daemon'], ends: [0, 10, 11] },
  { path: 'doctor', args: (stage) => ['--report', stage.file('report.tar.gz')], ends: [0, 10, 11] },
];

const settings: readonly JsonCommand[] = [
  { path: 'link status', ends: [2] },
  { path: 'link register' },
  { path: 'link status' },
  { path: 'link unregister' },
  { path: 'setting list' },
  { path: 'setting set', args: ['language', 'en'] },
  { path: 'setting get', args: ['language'] },
  { path: 'setting list' },
  { path: 'setting unset', args: ['language'] },
  { path: 'phrase show' },
  { path: 'phrase set', args: ['--stdin'], input: `${phrase}\n` },
  { path: 'phrase show' },
];

const pins: readonly JsonCommand[] = [
  { path: 'pin status' },
  { path: 'pin verify', args: ['--pin-stdin'], input: `${pin}\n` },
  { path: 'pin change', args: ['--pin-stdin'], input: `${pin}\n${secretPin}\n` },
  { path: 'unlock', args: ['--puk', '--pin-stdin'], input: `${puk}\n${secretPin}\n` },
  { path: 'pin status' },
];

const certificates: readonly JsonCommand[] = [
  { path: 'certificate list' },
  { path: 'certificate inventory' },
  { path: 'certificate show', args: (stage) => [stage.fingerprint()] },
  { path: 'certificate export', args: (stage) => [stage.fingerprint()] },
  { path: 'certificate export', args: (stage) => [stage.fingerprint(), '--out', stage.file('one.pem')] },
  { path: 'certificate prefer', args: (stage) => [stage.fingerprint(), '--for', party(stage)] },
  { path: 'certificate why', args: (stage) => ['--for', party(stage)] },
  { path: 'certificate unprefer', args: (stage) => ['--for', party(stage)] },
  { path: 'certificate backups' },
  { path: 'certificate remove', args: (stage) => [stage.fingerprint(), ...changing], input: `${secretPin}\n` },
  { path: 'certificate backups' },
  { path: 'certificate restore', args: (stage) => [stage.fingerprint(), '--pin-stdin'], input: `${secretPin}\n` },
];

const logins: readonly JsonCommand[] = [
  { path: 'rp add', args: (stage) => [stage.writeEntry()] },
  { path: 'rp list' },
  { path: 'rp show', args: (stage) => [party(stage)] },
  { path: 'rp check', args: (stage) => [party(stage)] },
  { path: 'rp check', args: (stage) => [party(stage), '--live'], ends: [0, 2] },
  { path: 'open', args: (stage) => stage.linkWithAnswer(secretPin) },
  { path: 'open', args: (stage) => stage.linkWithAnswer('564738291045'), ends: [5] },
  { path: 'prompt', args: (stage) => stage.waitingLink(), input: `${secretPin}\n` },
];

const download = { path: 'certificate download', input: `${secretPin}\n${secretPin}\n` };
const downloads: readonly JsonCommand[] = [
  // Two wait from the beginning.
  { ...download, args: (stage) => stage.firstOrder(changing) },
  { ...download, args: changing },
  { ...download, args: changing },
  { path: 'sandbox issuer' },
  { path: 'sandbox order', args: ['tolvan', '--kind', 'renewal'] },
  { path: 'sandbox issuer', args: ['--fault', 'refuse'] },
  { path: 'sandbox issuer', args: ['--fault', 'none'] },
];

const ends: readonly JsonCommand[] = [
  { path: 'expiry note', args: [inDays(20)] },
  { path: 'expiry', ends: [8, 9] },
  { path: 'expiry', args: (stage) => ['--ics', stage.file('ends.ics')], with: '--ics FILE', ends: [8, 9] },
  { path: 'expiry snooze', args: (stage) => stage.findingId() },
  { path: 'expiry', args: ['--within', '40'], ends: [8, 9] },
  { path: 'sandbox remove', args: ['tolvan'] },
  { path: 'expiry forget', args: (stage) => stage.cardId(['--yes']) },
];

const sandbox: readonly JsonCommand[] = [
  { path: 'sandbox list' },
  { path: 'sandbox add-reader', args: ['Third'] },
  { path: 'sandbox insert', args: ['tretton', 'Third'] },
  { path: 'sandbox insert', args: ['tretton', 'Sandbox Reader 2'] },
  { path: 'sandbox remove', args: ['tretton'] },
  { path: 'sandbox remove-reader', args: ['Third'] },
  { path: 'sandbox add-reader', args: ['Windows Hello 1'] },
  { path: 'sandbox add-reader', args: ['Keypad', '--pin-pad'] },
  { path: 'sandbox press', args: (stage) => stage.keypad(['12', 'cancel']) },
  { path: 'sandbox revoke', args: ['tolvan-piv', '--reason', 'keyCompromise'] },
  { path: 'sandbox unrevoke', args: ['tolvan-piv'] },
  ...[
    ['remove-before', '--command', '9000'],
    ['remove-after', '--command', '9000'],
    ['real-card'],
    ['delay', '1'],
    ['silence', '--command', '9000'],
    ['reset', '--command', '9000'],
    ['status', '6f00', '--command', '9000'],
    ['status-after', '6f00', '--command', '9000'],
    ['short', '1', '--command', '9000'],
  ].map((fault): JsonCommand => ({ path: 'sandbox fault', args: ['tolvan-ec', ...fault] })),
  { path: 'sandbox list' },
  { path: 'sandbox fault', args: ['tolvan-ec', 'none'] },
  { path: 'sandbox reset' },
  { path: 'sandbox demo', tells: true },
];

const history: readonly JsonCommand[] = [
  { path: 'history list' },
  { path: 'history list', args: ['--limit', '3'] },
  { path: 'history verify' },
  { path: 'history export', args: (stage) => [stage.file('history.jsonl')] },
  { path: 'history export', args: ['-'], with: '-' },
];

const farewell: readonly JsonCommand[] = [
  { path: 'rp remove', args: (stage) => [party(stage), '--yes'] },
  { path: 'phrase remove' },
];

/** Each may need what those before it have done; those that start and stop the sandbox are the stage's. */
export const jsonCommands: readonly JsonCommand[] = [
  ...looks,
  ...settings,
  ...pins,
  ...logins,
  ...certificates,
  ...downloads,
  ...ends,
  ...sandbox,
  ...history,
  ...farewell,
];

/** The day in so many days, as cards have it. */
function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}
