import type { CommandCompletions, Completion } from './completions.js';
import { askedPrefix } from './values.js';
import { optionRows, placeRows, type Row } from './tables.js';

/** For fish 3 and later: a file `kort.fish` in its folder `completions`. */
export function fishCompletion(commands: readonly CommandCompletions[]): string {
  const words = commands.map(({ path, commands: subs }) => ({ key: path, text: described(subs) }));
  const flags = commands.map(({ path, options }) => ({
    key: path,
    text: described(options.flatMap(({ flags: names, about }) => names.map((word) => ({ word, about })))),
  }));
  const kinds = [...optionRows(commands), ...placeRows(commands)].map(({ key, text }) => ({
    key,
    text: text.startsWith('= ') ? ['=', ...text.slice(2).split(' ')].map(fishQuoted).join(' ') : fishQuoted(text),
  }));
  return `# fish completion of kort, made by "kort completion fish"
function __kort_words
    switch "$argv[1]"
${rows(words)}
    end
end

function __kort_flags
    switch "$argv[1]"
${rows(flags)}
    end
end

# What may follow an option, or stand at a place; fails where nothing does.
function __kort_kind_of
    switch "$argv[1] $argv[2]"
${rows(kinds)}
        case '*'
            return 1
    end
end

function __kort_offer
    set -l typed $argv[1]
    set -l before $argv[2]
    set -l kind $argv[3..]
    switch "$kind[1]"
        case '='
            printf "$before%s\\n" $kind[2..]
        case file
            __fish_complete_path $typed | string replace -r '^' -- "$before"
        case anything
        case '*'
            set -l values ($__kort_program completion ${askedPrefix}$kind[1] $__kort_instance 2>/dev/null </dev/null)
            test (count $values) -gt 0; and printf "$before%s\\n" $values
    end
end

function __kort_complete
    set -l tokens (commandline -opc)
    set -l typed (commandline -ct)
    set -g __kort_program $tokens[1]
    set -g __kort_instance
    set -e tokens[1]
    set -l at ''
    set -l place 1
    set -l option ''
    for token in $tokens
        if test -n "$option"
            test "$option" = --instance; and set __kort_instance --instance $token
            set option ''
            continue
        end
        switch $token
            case '--instance=*'
                set __kort_instance $token
            case '--*=*'
            case '-*'
                set -l kind (__kort_kind_of "$at" $token; or __kort_kind_of '' $token)
                and set option $token
            case '*'
                if test -z "$at" -a "$token" = help
                    continue
                else if __kort_words "$at" | string match -q -r "^$(string escape --style=regex -- $token)\\t"
                    set at (string trim -- "$at $token")
                else
                    set place (math $place + 1)
                end
        end
    end
    if test -n "$option"
        set -l kind (__kort_kind_of "$at" $option; or __kort_kind_of '' $option)
        __kort_offer "$typed" '' $kind
    else if string match -q -- '--*=*' "$typed"
        set -l parts (string split -m 1 = -- $typed)
        set -l kind (__kort_kind_of "$at" $parts[1]; or __kort_kind_of '' $parts[1])
        and __kort_offer "$parts[2]" "$parts[1]=" $kind
    else if string match -q -- '-*' "$typed"
        __kort_flags "$at"
    else
        set -l words (__kort_words "$at")
        if test (count $words) -gt 0 -a $place = 1
            printf '%s\\n' $words
            test -z "$at"; and echo help
        else
            set -l kind (__kort_kind_of "$at" $place)
            and __kort_offer "$typed" '' $kind
        end
    end
end

complete -c kort -e
complete -c kort -f -a '(__kort_complete)'
`;
}

/** Words of fish: within single quotes a backslash takes away the meaning of a quote and of itself. */
const fishQuoted = (text: string): string => `'${text.replaceAll(/[\\']/g, (sign) => `\\${sign}`)}'`;

const described = (some: readonly Completion[]): string =>
  some.map(({ word, about }) => fishQuoted(`${word}\t${about}`)).join(' ');

function rows(some: readonly Row[]): string {
  return some
    .filter(({ text }) => text !== '')
    .map(({ key, text }) => `        case ${fishQuoted(key)}\n            printf '%s\\n' ${text}`)
    .join('\n');
}
