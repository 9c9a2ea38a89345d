import type { CommandCompletions } from './completions.js';
import { quoted } from './shells.js';
import { askedPrefix } from './values.js';
import { optionRows, placeRows, type Row } from './tables.js';

/** For bash 4 and later; uses bash-completion where that is loaded, so that addresses with colons complete whole. */
export function bashCompletion(commands: readonly CommandCompletions[]): string {
  const words = commands.map(({ path, commands: subs }) => ({
    key: path,
    text: subs.map(({ word }) => word).join(' '),
  }));
  const flags = commands.map(({ path, options }) => ({
    key: path,
    text: options.flatMap((one) => one.flags).join(' '),
  }));
  return `# bash completion of kort, made by "kort completion bash"
_kort_words() {
  case $1 in
${rows(words, '_kort_list')}
    *) _kort_list='' ;;
  esac
}

_kort_flags() {
  case $1 in
${rows(flags, '_kort_list')}
    *) _kort_list='' ;;
  esac
}

# What may follow an option, or stand at a place; fails where nothing does.
_kort_kind_of() {
  case "$1 $2" in
${rows([...optionRows(commands), ...placeRows(commands)], '_kort_kind')}
    *) return 1 ;;
  esac
}

_kort_offer() {
  local kind=$1 typed=$2 value
  case $kind in
    '= '*) mapfile -t COMPREPLY < <(compgen -W "\${kind#= }" -- "$typed") ;;
    file)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$typed")
      ;;
    anything) ;;
    *)
      typed=\${typed#[\\"\\']}
      typed=\${typed//\\\\/}
      while IFS= read -r value; do
        [[ $value == "$typed"* ]] || continue
        # Within quotes nothing can be escaped: what would end them or mean something in them is not offered.
        case $2 in
          \\'*) [[ $value == *\\'* ]] && continue ;;
          \\"*) [[ $value == *[\\\\\\"\\$\\\`!]* ]] && continue ;;
          *) printf -v value '%q' "$value" ;;
        esac
        COMPREPLY+=("$value")
      done < <("$_kort_program" completion "${askedPrefix}$kind" "\${_kort_instance[@]}" 2>/dev/null </dev/null)
      ;;
  esac
}

_kort() {
  local cur prev words cword
  if declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref -n := cur prev words cword
  else
    words=("\${COMP_WORDS[@]}")
    cword=$COMP_CWORD
    cur=\${words[cword]}
  fi
  local _kort_program=\${words[0]/#\\~/$HOME} _kort_list _kort_kind _kort_instance=()
  local path='' place=1 option='' index word
  COMPREPLY=()
  for ((index = 1; index < cword; index += 1)); do
    word=\${words[index]}
    case $word in
      --instance=*) _kort_instance=("$word") ;;
      --*=*) ;;
      -*)
        _kort_kind_of "$path" "$word" || _kort_kind_of '' "$word" || continue
        if ((index + 1 == cword)); then
          option=$word
        else
          index=$((index + 1))
          [[ $word == --instance ]] && _kort_instance=(--instance "\${words[index]}")
        fi
        ;;
      *)
        _kort_words "$path"
        if [[ $path == '' && $word == help ]]; then
          continue
        elif [[ " $_kort_list " == *" $word "* ]]; then
          path=\${path:+$path }$word
        else
          place=$((place + 1))
        fi
        ;;
    esac
  done
  if [[ $option != '' ]]; then
    _kort_kind_of "$path" "$option" || _kort_kind_of '' "$option"
    _kort_offer "$_kort_kind" "$cur"
  elif [[ $cur == --*=* ]]; then
    if _kort_kind_of "$path" "\${cur%%=*}" || _kort_kind_of '' "\${cur%%=*}"; then
      _kort_offer "$_kort_kind" "\${cur#*=}"
    fi
  elif [[ $cur == -* ]]; then
    _kort_flags "$path"
    mapfile -t COMPREPLY < <(compgen -W "$_kort_list" -- "$cur")
  else
    _kort_words "$path"
    [[ $path == '' ]] && _kort_list="$_kort_list help"
    if [[ $_kort_list != '' && $place == 1 ]]; then
      mapfile -t COMPREPLY < <(compgen -W "$_kort_list" -- "$cur")
    elif _kort_kind_of "$path" "$place"; then
      _kort_offer "$_kort_kind" "$cur"
    fi
  fi
  if declare -F __ltrim_colon_completions >/dev/null; then __ltrim_colon_completions "$cur"; fi
}

complete -F _kort kort
`;
}

function rows(some: readonly Row[], name: string): string {
  return some
    .filter(({ text }) => text !== '')
    .map(({ key, text }) => `    ${pattern(key)}) ${name}=${quoted(text)} ;;`)
    .join('\n');
}

/** A star at the end stands for any number. */
const pattern = (key: string): string => (key.endsWith('*') ? `${quoted(key.slice(0, -1))}*` : quoted(key));
