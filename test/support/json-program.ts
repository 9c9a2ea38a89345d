import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'vitest';
import { kortProgram, type PrivateHome } from './daemon.js';
import { publishedAnswer, publishedForm, publishedProgress } from './published-json.js';

export interface JsonAnswer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly documents: readonly unknown[];
}

/** A command: its words in the tree, what follows them, and how it ends. */
export interface SettledCommand {
  readonly path: string;
  readonly args?: readonly string[];
  readonly input?: string;
  /** One of these exit statuses; 0 when left out. */
  readonly ends?: readonly number[];
  /** It tells a person on standard error what it does. */
  readonly tells?: true;
  /** The form of these options or arguments, where it is not that of the command itself. */
  readonly with?: string;
}

/** A command that goes on until it is ended. */
export interface JsonStream {
  readonly lines: () => readonly unknown[];
  /** Interrupts it; its exit status. */
  readonly end: () => Promise<number | null>;
  /** Waits until it ends by itself, with a failure as its last line. */
  readonly failed: () => Promise<{ readonly code: number | null; readonly error: JsonFailure }>;
}

/** The built `kort` with `--json`; everything that it wrote is kept, to be looked through for secrets. */
export class JsonProgram {
  readonly #home: PrivateHome;
  readonly #instance: string;
  /** What commands wrote, by their line. */
  readonly transcript: { readonly line: string; readonly text: string }[] = [];

  constructor(home: PrivateHome, instance: string) {
    this.#home = home;
    this.#instance = instance;
  }

  /** Carries it out; each line of standard output has to be a document. */
  async run(words: readonly string[], input = ''): Promise<JsonAnswer> {
    const child = this.#spawn(words);
    child.stdin.on('error', () => undefined).end(input);
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (part: string) => (texts[name] += part));
    }
    const [code] = (await once(child, 'close')) as [number | null];
    this.transcript.push({ line: words.join(' '), text: texts.stdout + texts.stderr });
    return { code, ...texts, documents: documentsOf(texts.stdout, words) };
  }

  /** Carries out a command of the table, and holds all that it writes against what is published. */
  async documented({
    path,
    args = [],
    input,
    ends = [0],
    tells,
    with: options,
  }: SettledCommand): Promise<readonly unknown[]> {
    const line = [...path.split(' '), ...args];
    const answer = await this.run(line, input);
    expect(ends, `${line.join(' ')}\n${answer.stdout}${answer.stderr}`).toContain(answer.code);
    const form = publishedForm(path, options);
    for (const document of answer.documents) form.check(document);
    if (form.kind === 'document') expect(answer.documents, line.join(' ')).toHaveLength(1);
    const progress = publishedProgress(path);
    if (progress !== undefined) for (const step of documentsOf(answer.stderr, line)) progress(step);
    else if (tells !== true) expect(answer.stderr, line.join(' ')).toBe('');
    return answer.documents;
  }

  /** A command that fails: one document on standard output, nothing on standard error. */
  async failing(words: readonly string[], input?: string): Promise<{ code: number | null; error: JsonFailure }> {
    const { code, documents, stderr } = await this.run(words, input);
    expect(stderr, words.join(' ')).toBe('');
    expect(documents, words.join(' ')).toHaveLength(1);
    publishedAnswer('failure')(documents[0]);
    return { code, ...(documents[0] as { error: JsonFailure }) };
  }

  /** Begins a command that goes on; its lines are held against what is published when they are asked for. */
  follow(path: string, args: readonly string[] = [], options?: string): JsonStream {
    const line = [...path.split(' '), ...args];
    const child = this.#spawn(line);
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (stdout += part));
    child.stderr.resume();
    const ended = once(child, 'close') as Promise<[number | null]>;
    const { check, kind } = publishedForm(path, options);
    expect(kind).toBe('lines');
    return {
      lines: () => {
        const documents = documentsOf(stdout.slice(0, stdout.lastIndexOf('\n') + 1), line);
        for (const document of documents) check(document);
        return documents;
      },
      end: async () => {
        child.kill('SIGINT');
        const [code] = await ended;
        this.transcript.push({ line: line.join(' '), text: stdout });
        return code;
      },
      failed: async () => {
        const [code] = await ended;
        const documents = documentsOf(stdout, line);
        for (const document of documents.slice(0, -1)) check(document);
        publishedAnswer('failure')(documents.at(-1));
        return { code, ...(documents.at(-1) as { error: JsonFailure }) };
      },
    };
  }

  #spawn(words: readonly string[]) {
    const instance = words.includes('--instance') ? [] : ['--instance', this.#instance];
    const child = spawn(process.execPath, [kortProgram, '--json', ...instance, ...words], {
      env: this.#home.env,
      stdio: 'pipe',
    });
    this.#home.processes.add(child);
    child.once('exit', () => this.#home.processes.delete(child));
    return child;
  }
}

/** A failure as it is told. */
export interface JsonFailure {
  readonly code: string;
  readonly message: string;
  readonly nextStep: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Each of its own line; what a terminal would take for a command stands in none of them. */
function documentsOf(text: string, words: readonly string[]): readonly unknown[] {
  if (text === '') return [];
  expect(text, words.join(' ')).toMatch(/^[^\p{Cc}\p{Cf}\u2028\u2029]+(?:\n[^\p{Cc}\p{Cf}\u2028\u2029]+)*\n$/u);
  return text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}
