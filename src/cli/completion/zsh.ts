import type { CommandCompletions, Completion } from './completions.js';
import { quoted } from './shells.js';
import { askedPrefix } from './values.js';
import { optionRows, placeRows, type Row } from './tables.js';

/** For zsh 5 and later: a file `_kort` in a folder of `fpath`, or to be evaluated after `compinit`. */
export function zshCompletion(commands: readonly CommandCompletions[]): string {
  const words = commands.map(({ path, commands: subs }) => ({ key: path, text: described(subs) }));
  const flags = commands.map(({ path, options }) => ({
    key: path,
    text: described(options.flatMap(({ flags: names, about }) => names.map((word) => ({ word, about })))),
  }));
  const kinds = [...optionRows(commands), ...placeRows(commands)].map(({ key, text }) => ({ key, text: quoted(text) }));
  return `#compdef kort
# zsh completion of kort, made by "kort completion zsh"
_kort_words() {
  case $1 in
${rows(words, (text) => `_kort_list=(${text})`)}
    (*) _kort_list=() ;;
  esac
}

_kort_flags() {
  case $1 in
${rows(flags, (text) => `_kort_list=(${text})`)}
    (*) _kort_list=() ;;
  esac
}

# What may follow an option, or stand at a place; fails where nothing does.
_kort_kind_of() {
  case "$1 $2" in
${rows(kinds, (text) => `_kort_kind=${text}`)}
    (*) return 1 ;;
  esac
}

_kort_offer() {
  local -a values
  case $_kort_kind in
    ('= '*)
      values=(\${(s: :)\${_kort_kind#= }})
      compadd -a values
      ;;
    (file) _files ;;
    (anything) _message '' ;;
    (*)
      values=("\${(@f)$(_call_program values "$_kort_program" completion "${askedPrefix}$_kort_kind" $_kort_instance 2>/dev/null </dev/null)}")
      values=(\${values:#})
      compadd -a values
      ;;
  esac
}

_kort() {
  local _kort_program=$words[1] _kort_kind='' at='' word option=''
  local -a _kort_list _kort_instance
  local -i place=1 index
  for ((index = 2; index < CURRENT; index += 1)); do
    word=$words[index]
    case $word in
      # What is called is evaluated once more, and nothing that was typed here may be run by that.
      (--instance=*) _kort_instance=(\${(q)\${(Q)word}}) ;;
      (--*=*) ;;
      (-*)
        _kort_kind_of "$at" "$word" || _kort_kind_of '' "$word" || continue
        if ((index + 1 == CURRENT)); then
          option=$word
        else
          index+=1
          [[ $word == --instance ]] && _kort_instance=(--instance \${(q)\${(Q)words[index]}})
        fi
        ;;
      (*)
        _kort_words "$at"
        if [[ $at == '' && $word == help ]]; then
          continue
        elif ((\${_kort_list[(I)$word:*]})); then
          at=\${at:+$at }$word
        else
          place+=1
        fi
        ;;
    esac
  done
  if [[ $option != '' ]]; then
    _kort_kind_of "$at" "$option" || _kort_kind_of '' "$option"
    _kort_offer
  elif [[ $words[CURRENT] == --*=* ]]; then
    option=\${words[CURRENT]%%=*}
    _kort_kind_of "$at" "$option" || _kort_kind_of '' "$option" || return 1
    compset -P '*='
    _kort_offer
  elif [[ $words[CURRENT] == -* ]]; then
    _kort_flags "$at"
    _describe -o option _kort_list
  else
    _kort_words "$at"
    [[ $at == '' ]] && _kort_list+=(help)
    if (($#_kort_list && place == 1)); then
      _describe command _kort_list
    elif _kort_kind_of "$at" "$place"; then
      _kort_offer
    fi
  fi
}

if [[ $funcstack[1] == _kort ]]; then _kort "$@"; else compdef _kort kort; fi
`;
}

const described = (some: readonly Completion[]): string =>
  some.map(({ word, about }) => quoted(`${word}:${about}`)).join(' ');

function rows(some: readonly Row[], set: (text: string) => string): string {
  return some
    .filter(({ text }) => text !== '')
    .map(({ key, text }) => `    (${pattern(key)}) ${set(text)} ;;`)
    .join('\n');
}

/** A star at the end stands for any number. */
const pattern = (key: string): string => (key.endsWith('*') ? `${quoted(key.slice(0, -1))}*` : quoted(key));
