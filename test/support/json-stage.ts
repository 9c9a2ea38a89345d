import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { connect, type ControlClient } from '../../src/client/client.js';
import type { ExpiryFinding } from '../../src/model/expiry.js';
import { PrivateHome } from './daemon.js';
import { JsonProgram, type SettledCommand } from './json-program.js';
import { startRelyingServer, type RelyingServer } from './relying-server.js';

/** Against hanging; cards take their time on a loaded machine. */
const waiting = { timeout: 20_000, interval: 50 };

/** What the stage begins and ends with. */
export const firstCommand: SettledCommand = { path: 'sandbox start', args: ['--port', '0'] };
export const lastCommand: SettledCommand = { path: 'sandbox stop' };

/** A sandbox, started by the built program, and what its commands need besides: a relying party, files, questions. */
export class JsonStage {
  readonly home: PrivateHome;
  readonly kort: JsonProgram;
  readonly client: ControlClient;
  readonly party: RelyingServer;
  #fingerprint: string | undefined;
  /** What goes on beside a command. */
  #beside: Promise<unknown>[] = [];

  private constructor(home: PrivateHome, kort: JsonProgram, client: ControlClient, party: RelyingServer) {
    this.home = home;
    this.kort = kort;
    this.client = client;
    this.party = party;
  }

  static async open(): Promise<JsonStage> {
    const home = new PrivateHome();
    home.env['PCSCLITE_CSOCK_NAME'] = join(home.folder, 'no-pcscd');
    const kort = new JsonProgram(home, 'sandbox');
    await kort.documented(firstCommand);
    const client = await connect({ socketPath: join(home.folder, 'run', 'kort', 'sandbox', 'control.sock') });
    const party = await startRelyingServer({ name: 'json', launchers: ['scheme'] });
    const stage = new JsonStage(home, kort, client, party);
    await stage.onceRead();
    stage.#fingerprint = (await client.request('certificate.list', {})).certificates[0]?.fingerprint;
    return stage;
  }

  async close(): Promise<void> {
    this.client.close();
    await this.kort.documented(lastCommand);
    await this.party.close();
    this.home.remove();
  }

  file(name: string): string {
    return join(this.home.folder, name);
  }

  /** What `kort rp add` takes. */
  writeEntry(): string {
    const path = this.file('party.json');
    writeFileSync(path, JSON.stringify(this.party.entry));
    return path;
  }

  /** Of the first certificate that there was. */
  fingerprint(): string {
    return this.#fingerprint ?? '';
  }

  /** Names the first order that waits at the sandbox's issuer, once the card that it is for has been read. */
  async firstOrder(words: readonly string[]): Promise<readonly string[]> {
    const { issuer } = await this.client.request('sandbox.list', {});
    const order = issuer?.orders.find(({ kind }) => kind === 'extra');
    return await this.onceRead(['--order', order?.id ?? '', ...words]);
  }

  async findingId(): Promise<readonly string[]> {
    return [(await this.#finding(({ decisive }) => decisive)).id];
  }

  /** Of a card that is known and not inserted. */
  async cardId(words: readonly string[]): Promise<readonly string[]> {
    const { card } = await this.#finding((finding) => finding.card?.inserted === false);
    return [card?.id ?? '', ...words];
  }

  async #finding(fits: (finding: ExpiryFinding) => boolean): Promise<ExpiryFinding> {
    const find = async () => (await this.client.request('expiry.get', {})).findings.find(fits);
    await vi.waitFor(async () => expect(await find()).toBeDefined(), waiting);
    return (await find())!;
  }

  /** Gives back what it got, once every card that is in a reader has been read. */
  async onceRead(words: readonly string[] = []): Promise<readonly string[]> {
    const unread = async (): Promise<number> =>
      (await this.client.request('status.get', {})).readers.filter((one) => one.card !== 'absent' && !one.token).length;
    await vi.waitFor(async () => expect(await unread()).toBe(0), waiting);
    return words;
  }

  /** A link for `kort open`, while `kort prompt --pin-stdin` answers with this PIN. */
  async linkWithAnswer(pin: string): Promise<readonly string[]> {
    this.#beside.push(
      this.kort.documented({ path: 'prompt', args: ['--pin-stdin'], input: `${pin}\n`, ends: [0, 4, 5] }),
    );
    await this.#surfaceAttached();
    return [this.link()];
  }

  /** A link is opened as soon as `kort prompt --pin-stdin` can answer. */
  waitingLink(): readonly string[] {
    const opened = this.#surfaceAttached().then(() => this.kort.documented({ path: 'open', args: [this.link()] }));
    this.#beside.push(opened);
    return ['--pin-stdin'];
  }

  /** Keys for a keypad that asks for the PIN of the card in it. */
  async keypad(keys: readonly string[]): Promise<readonly string[]> {
    const { client } = this;
    await client.request('sandbox.insert', { card: 'tolvan-ec', reader: 'Keypad' });
    await this.onceRead();
    const { operationId } = await client.request('pin.begin', { operation: 'verify', card: 'Keypad' });
    const run = client
      .request('pin.run', { operationId, lastTryConsent: false, onPinPad: true })
      .catch(() => undefined);
    this.#beside.push(run);
    const asksFor = async (): Promise<string | undefined> =>
      (await client.request('sandbox.list', {})).readers.find(({ name }) => name === 'Keypad')?.pinPad?.asksFor;
    await vi.waitFor(async () => expect(await asksFor()).toBe('pin'), waiting);
    return keys;
  }

  /** Waits for what went on beside the last command. */
  async settled(): Promise<void> {
    await Promise.all(this.#beside);
    this.#beside = [];
  }

  /** Of a login that the relying party's page begins. */
  link(): string {
    const { clientId } = this.party;
    const { ref } = this.party.begin();
    return `kort://start?client_id=${encodeURIComponent(clientId)}&ref=${ref}`;
  }

  async #surfaceAttached(): Promise<void> {
    const surfaces = async (): Promise<number> => (await this.client.request('daemon.status', {})).surfaces;
    await vi.waitFor(async () => expect(await surfaces()).toBe(1), waiting);
  }
}
