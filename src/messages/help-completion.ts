import type { HelpNotes } from './help-notes.js';
import type { Language } from './language.js';

/** What the help of `kort completion` says. */
export interface CompletionHelp {
  names: Readonly<Record<'shell', string>>;
  shell: string;
}

/** By language. */
export const completionHelp: Readonly<Record<Language, CompletionHelp>> = {
  sv: { names: { shell: 'skal' }, shell: 'vilket skal' },
  en: { names: { shell: 'shell' }, shell: 'which shell' },
};

/** Below its options. */
export const completionNotes: HelpNotes = {
  completion: {
    more: {
      sv: 'Skriver ett program för skalet till standard ut. Läs in det i skalet, eller spara det där skalet letar: ~/.local/share/bash-completion/completions/kort, en mapp i fpath som _kort, eller ~/.config/fish/completions/kort.fish. Sedan fyller tabb-tangenten i kommandon, flaggor och värden; kort, läsare, tjänster och fingeravtryck hämtas från kortd.',
      en: 'Writes a program for the shell to standard output. Load it into the shell, or save it where the shell looks: ~/.local/share/bash-completion/completions/kort, a folder of fpath as _kort, or ~/.config/fish/completions/kort.fish. Then the Tab key fills in commands, options and values; cards, readers, services and fingerprints come from kortd.',
    },
    examples: [
      {
        line: 'kort completion bash',
        sv: 'för bash: eval "$(kort completion bash)" i ~/.bashrc',
        en: 'for bash: eval "$(kort completion bash)" in ~/.bashrc',
      },
      { line: 'kort completion zsh', sv: 'för zsh, efter compinit', en: 'for zsh, after compinit' },
      { line: 'kort completion fish', sv: 'för fish', en: 'for fish' },
    ],
  },
};
