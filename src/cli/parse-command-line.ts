import type { Command as Parser } from 'commander';
import { helpMessages } from '../messages/help.js';
import { topHelp } from '../messages/help-top.js';
import { usageMessages } from '../messages/usage.js';
import { commandGroups, type CommandGroup } from './command-groups.js';
import { createContext, type Command, type CommandContext } from './context.js';
import { answerParserExit } from './parser-exit.js';
import type { ProgramParts } from './program-parts.js';
import { addGroups, addOutlines, createProgram, globalsOf, type ProgramFrame } from './program.js';
import { commandAt, pathOf } from './tree.js';
import { unknownCommand, withCommand } from './usage-error.js';
import { buildWholeTree } from './whole-tree.js';

/** A command line that was understood. */
interface Parsed {
  readonly command: Command;
  readonly context: CommandContext;
}

/** A command line as it stands, and without the options of every command. */
interface Line {
  readonly argv: readonly string[];
  readonly rest: readonly string[];
}

/**
 * The command that is meant, or the exit status when the parser itself answered. Only the group of commands that is
 * named is loaded.
 *
 * @throws {MiddlewareError} ERR_USAGE; its field `command` says whose help tells how to write it.
 */
export async function parseCommandLine(line: Line, context: CommandContext): Promise<Parsed | number> {
  const parsing = new Parsing(line, context);
  try {
    return await parsing.run();
  } catch (error) {
    const { meant } = parsing;
    try {
      return await answerParserExit(error, parsing.written, {
        context,
        meant,
        tree: () => buildWholeTree(context.language),
        usage: usageMessages[context.language],
      });
    } catch (mistake) {
      throw withCommand(mistake, pathOf(meant).join(' '));
    }
  }
}

interface Chosen {
  readonly command: Command;
  readonly defaultInstance: string | undefined;
}

class Parsing {
  readonly #line: Line;
  readonly #context: CommandContext;
  readonly #frame: ProgramFrame;
  readonly #chosen: Chosen[] = [];
  #program: Parser;
  written = '';

  constructor(line: Line, context: CommandContext) {
    const { ports, language } = context;
    this.#line = line;
    this.#context = context;
    this.#frame = {
      top: topHelp[language],
      usage: usageMessages[language],
      version: ports.version(),
      output: { write: (text) => void (this.written += text), width: ports.out.columns },
    };
    this.#program = createProgram(this.#frame);
  }

  /** The command that the words lead to, as far as the tree is known yet. */
  get meant(): Parser {
    return commandAt(this.#program, this.#words);
  }

  async run(): Promise<Parsed> {
    const group = this.#findGroup();
    this.#program = await this.#build(group);
    if (this.#isHelp) this.#showHelp();
    this.#parse();
    const [first] = this.#chosen;
    if (first === undefined) throw new TypeError('No command was chosen');
    const { ports, language } = this.#context;
    const context = createContext(ports, language, globalsOf(this.#program), first.defaultInstance);
    return { command: first.command, context: { ...context, path: pathOf(this.meant).join(' ') } };
  }

  #findGroup(): CommandGroup {
    const { top } = this.#frame;
    let meant: CommandGroup | undefined;
    addOutlines(this.#program, top, (group) => void (meant = group));
    const [noun] = this.#words;
    if (this.#isHelp) meant = commandGroups.find(({ names }) => names.some((name) => name === noun));
    else this.#parse();
    if (meant === undefined) throw unknownCommand(noun ?? '');
    return meant;
  }

  async #build(group: CommandGroup): Promise<Parser> {
    const { top, usage } = this.#frame;
    const { language } = this.#context;
    const choose: ProgramParts['choose'] = (command, defaultInstance) =>
      void this.#chosen.push({ command, defaultInstance });
    const wholeTree = async (): Promise<Parser> => await buildWholeTree(language);
    const program = createProgram(this.#frame);
    await addGroups(program, [group], { language, help: helpMessages[language], usage, choose, wholeTree }, top);
    return program;
  }

  #parse(): void {
    this.#program.parse([...this.#line.argv], { from: 'user' });
  }

  /** `kort help NOUN VERB` */
  #showHelp(): never {
    const { meant } = this;
    const wrong = this.#words[pathOf(meant).length];
    if (wrong !== undefined) throw unknownCommand(wrong);
    return meant.help();
  }

  get #isHelp(): boolean {
    return this.#line.rest[0] === 'help' && this.#words.length > 0;
  }

  get #words(): readonly string[] {
    const words = this.#line.rest.filter((word) => !word.startsWith('-'));
    return words[0] === 'help' ? words.slice(1) : words;
  }
}
