import { expect, it, vi } from 'vitest';
import { runScripted } from '../../support/scripted-cli.js';
import { ScriptedDaemon } from '../../support/scripted-daemon.js';
import { expiryWarning } from '../../support/expiry-warning.js';
import { scriptedTerminal } from '../../support/scripted-terminal.js';
import { promptView } from '../../support/prompt-view.js';

const warning = expiryWarning();

it('kort prompt says what ends while nothing is asked, and leaves it to the desktop while something is', async () => {
  const terminal = scriptedTerminal();
  const daemon = new ScriptedDaemon()
    .on('prompt.attach', () => ({ place: { here: true, kind: 'terminal' }, waiting: [] }))
    .on('expiry.shown', () => ({}));
  const ended = runScripted(['prompt'], {
    hasTerminal: () => true,
    openTerminal: terminal.open,
    connect: () => Promise.resolve(daemon.client),
    env: { LANG: 'sv_SE.UTF-8' },
  });
  await vi.waitFor(() => expect(daemon.calls).toHaveLength(1), { timeout: 10_000 });
  daemon.emit('expiry.warning', warning);
  await terminal.until(/Certifikatet för underskrift, Tolvan Tolvansson går ut i morgon/);
  expect(daemon.calls).toEqual(['prompt.attach {"kind":"terminal"}', 'expiry.shown {"ids":["0123456789ab"]}']);
  daemon.emit('prompt.show', { ...promptView('p1'), ticket: 't1' });
  daemon.emit('expiry.warning', warning);
  expect(daemon.calls).toHaveLength(2);
  daemon.emit('prompt.close', { promptId: 'p1', outcome: { status: 'complete' } });
  terminal.type('\u0003');
  expect((await ended).code).toBe(0);
});
