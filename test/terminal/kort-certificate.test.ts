import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CertificateDetails } from '../../src/control-contract/certificates.js';
import { kortProgram, PrivateHome, startDaemon, type RunningDaemon } from '../support/daemon.js';
import { afterDeafMs } from '../support/deaf-prompt.js';
import { openTmux, type TmuxTerminal } from '../support/tmux.js';

const pin = '123456';
const card = 'tolvan-piv';

let home: PrivateHome;
let daemon: RunningDaemon;
let terminal: TmuxTerminal;

beforeEach(async () => {
  home = new PrivateHome();
  daemon = await startDaemon(home, 'sandbox', ['--sandbox', '--port', '0']);
  await daemon.client.request('sandbox.remove', { reader: 'Sandbox Reader 1' });
  await daemon.client.request('sandbox.insert', { card, reader: 'Sandbox Reader 1' });
  await expect.poll(async () => (await certificates()).length, { timeout: 20_000 }).toBe(1);
});
afterEach(async () => {
  terminal.close();
  await daemon.stop();
  home.remove();
});

const certificates = async (): Promise<readonly CertificateDetails[]> =>
  (await daemon.client.request('certificate.list', {})).certificates;

/** The command on a terminal; its exit status is the last line. */
function kort(args: string): void {
  const command = `${process.execPath} ${kortProgram} --instance sandbox --no-color ${args}; echo "status: $?"`;
  terminal = openTmux(command, home.env, { columns: 220, rows: 60 });
}

/** What stands there once it fits; cards and issuers take their time on a loaded machine. */
async function until(fits: RegExp): Promise<string> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await terminal.until(fits);
    } catch (error) {
      if (tries >= 3) throw error;
    }
  }
}

/** Types the PIN into the prompt of the login. */
async function signIn(question: RegExp): Promise<void> {
  await until(question);
  await delay(afterDeafMs);
  terminal.keys(pin, 'Enter');
}

/** As one paragraph: what is long goes on in further rows. */
const flat = (screen: string): string => screen.replaceAll(/\s+/g, ' ');

describe('kort certificate download', () => {
  it('takes a person from the login to the new certificate, past a wrong PIN', async () => {
    const [old] = await certificates();
    const { order } = await daemon.client.request('sandbox.order', { card, kind: 'renewal' });
    kort(`--lang sv certificate download --order ${order.id}`);
    await signIn(/Sandlådans utfärdare[^]*PIN-kod: *$/m);
    const question = flat(await until(/Koden visas som punkter\.\s+PIN-kod: *$/m));
    expect(question).toContain('Inloggad hos Sandlådans utfärdare som Tolvan Tolvansson.');
    expect(question).toContain('Kortet och certifikatet är kontrollerade');
    expect(question).toContain(
      'Ersätter, och tar bort från kortet när det nya har klarat sitt prov: Tolvan Tolvansson',
    );
    expect(question).toContain('PIN-koden skrivs en gång och används 2 gånger');
    terminal.keys('999999', 'Enter');
    await until(/Fel PIN-kod\.\s[^]*2 försök kvar[^]*PIN-kod: *$/m);
    terminal.keys(pin, 'Enter');
    const end = await until(/status: 0/);
    expect(end.match(/^✓ .*$/gm)).toEqual([
      '✓ nyckeln är skapad på kortet',
      '✓ certifikatet är beställt',
      '✓ utfärdarens svar stämmer',
      '✓ certifikatet ligger på kortet',
      '✓ nyckel och certifikat hör ihop',
      '✓ det gamla certifikatet är borttaget',
    ]);
    expect(end).toMatch(/Klart\.\nNu på kortet:/);
    expect(end).not.toContain(pin);
    const [now, ...others] = await certificates();
    expect([now?.fingerprint === old?.fingerprint, others]).toEqual([false, []]);
  });

  it('says after Ctrl-C that it can go on, offers that the next time, and ends with one certificate more', async () => {
    await daemon.client.request('sandbox.order', { card, kind: 'extra' });
    // A call that is under way is not cut off: what stops here is the waiting between two.
    await daemon.client.request('sandbox.issuerFault', { fault: 'retry-later' });
    kort('certificate download');
    await signIn(/Sandbox Issuer[^]*PIN: *$/m);
    await until(/Press a number[^\n]*: *$/m);
    terminal.keys('1');
    await until(/shown as dots\.\s+PIN: *$/m);
    terminal.keys(pin, 'Enter');
    await until(/✓ the key is made on the card/);
    terminal.keys('C-c');
    const stopped = flat(await until(/status: 5/));
    expect(stopped).toContain('Your old certificates work as before.');
    expect(stopped).toMatch(/Go on with "kort certificate download --resume [0-9a-f]{8} --instance sandbox"/);
    terminal.close();

    await daemon.client.request('sandbox.issuerFault', { fault: 'none' });
    kort('status');
    expect(await until(/status: 0/)).toContain('Downloads of certificates that are not finished: 1.');
    terminal.close();

    kort('certificate download');
    await until(/1 {2}Go on: Tolvan Tolvansson[^]*Press a number[^\n]*: *$/m);
    terminal.keys('1');
    await signIn(/Sandbox Issuer[^]*PIN: *$/m);
    await until(/goes on from where it was[^]*shown as dots\.\s+PIN: *$/m);
    terminal.keys(pin, 'Enter');
    expect(await until(/status: 0/)).toMatch(/Done\.\nNow on the card:/);
    expect(await certificates()).toHaveLength(2);
    expect((await daemon.client.request('download.list', {})).downloads).toEqual([]);
  });

  it('waits after Ctrl-C for a call that is under way, and ends at once at the next, the terminal as it was', async () => {
    const { order } = await daemon.client.request('sandbox.order', { card, kind: 'extra' });
    kort(
      `certificate download --order ${order.id}; echo "status: $?"; stty -a | tr ' ' '\\n' | grep -x -e -echo -e echo`,
    );
    await signIn(/Sandbox Issuer[^]*PIN: *$/m);
    await until(/shown as dots\.\s+PIN: *$/m);
    await daemon.client.request('sandbox.issuerFault', { fault: 'slow' });
    terminal.keys(pin, 'Enter');
    await until(/✓ the key is made on the card/);
    terminal.keys('C-c');
    expect(await until(/Ctrl-C again ends at once/)).not.toContain('status:');
    terminal.keys('C-c');
    expect(await until(/status: 0/)).toMatch(/^status: 130\necho$/m);
    await daemon.client.request('sandbox.issuerFault', { fault: 'none' });
  });
});

describe('kort certificate remove and restore', () => {
  it('removes what the user agrees to, and puts it back', async () => {
    const [{ fingerprint } = { fingerprint: '' }] = await certificates();
    kort(`certificate remove ${fingerprint.slice(0, 8)}`);
    await until(/WARNING: after this, no certificate[^]*y = yes, n = no: *$/m);
    terminal.keys('n');
    expect(flat(await until(/status: 5/))).toContain('Nothing has been changed on the card.');
    expect(await certificates()).toHaveLength(1);
    terminal.close();

    kort(`certificate remove ${fingerprint.slice(0, 8)} --yes`);
    await until(/shown as dots\.\s+PIN: *$/m);
    terminal.keys(pin, 'Enter');
    expect(await until(/status: 0/)).toContain('✓ the certificate is removed from the card');
    expect(await certificates()).toEqual([]);
    terminal.close();

    kort(`--lang sv certificate restore ${fingerprint.slice(0, 8)}`);
    await until(/läggs tillbaka på kortet[^]*PIN-kod: *$/m);
    terminal.keys(pin, 'Enter');
    expect(await until(/status: 0/)).toContain('✓ certifikatet ligger på kortet');
    expect((await certificates()).map((one) => one.fingerprint)).toEqual([fingerprint]);
  });
});
