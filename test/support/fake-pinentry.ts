import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A program that speaks as a pinentry does, or as none should. */
export interface FakePinentry {
  readonly program: string;
  remove(): void;
}

/**
 * Makes one. `body` is JavaScript that is run with `say(text)`, which writes a line, `lines` (an async iterator of the
 * commands) and `raw(bytes)`.
 */
export function fakePinentry(body: string): FakePinentry {
  const folder = mkdtempSync(join(tmpdir(), 'kort-pinentry-'));
  const program = join(folder, 'pinentry');
  writeFileSync(
    program,
    `#!${process.execPath}
const { createInterface } = require('node:readline');
const { writeSync } = require('node:fs');
const raw = (bytes) => { for (let at = 0; at < bytes.length; ) { try { at += writeSync(1, bytes, at); } catch (error) { if (error.code !== 'EAGAIN') process.exit(1); } } };
const say = (text) => raw(Buffer.from(text + '\\n'));
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
void (async () => { ${body} })();
`,
  );
  chmodSync(program, 0o755);
  return { program, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The body of one that answers every setting, and `answers` in their order what it is asked. */
export function answering(answers: Readonly<Record<string, string>>): string {
  return `
say('OK Pleased to meet you');
for (;;) {
  const { value, done } = await lines.next();
  if (done) process.exit(0);
  const answer = ${JSON.stringify(answers)}[value.split(' ')[0]];
  say(answer ?? 'OK');
}`;
}
