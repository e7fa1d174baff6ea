"""Completions for bash, zsh and fish, written from the parsers."""

from __future__ import annotations

from collections.abc import Callable

from options import Option, Verb


def files(whole: Verb) -> dict[str, str]:
    """Each shell's file: its place below share, and its text."""
    return {
        "bash-completion/completions/unblur": bash(whole),
        "zsh/site-functions/_unblur": zsh(whole),
        "fish/vendor_completions.d/unblur.fish": fish(whole),
    }


def bash(whole: Verb) -> str:
    """The words so far choose the verb; its options and values, or files, complete."""
    cases, values = [], []
    for verb in whole.flattened():
        words = [flag for option in verb.options for flag in option.flags]
        words += [below.words[-1] for below in verb.verbs]
        cases.append(f'        "{" ".join(verb.words)}") words="{" ".join(words)}" ;;')
        for option in verb.options:
            if option.flags and option.choices:
                flags = "|".join(f'"{" ".join(verb.words)}:{flag}"' for flag in option.flags)
                values.append(f'        {flags}) words="{" ".join(option.choices)}" ;;')
    verbs = " ".join(f'"{" ".join(verb.words)}"' for verb in whole.flattened() if verb.words)
    return f"""\
# bash completion for unblur, written by packaging/completion.py
_unblur() {{
    local cur="${{COMP_WORDS[COMP_CWORD]}}" previous="${{COMP_WORDS[COMP_CWORD-1]}}"
    local verb="" words="" word known
    COMPREPLY=()
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        for known in {verbs}; do
            if [[ "${{verb:+$verb }}$word" == "$known" ]]; then verb="$known"; fi
        done
    done
    case "$verb:$previous" in
{_joined(values)}
    esac
    if [[ -z "$words" && ( "$cur" == -* || "$COMP_CWORD" == 1 || "$previous" == "${{verb##* }}" ) ]]
    then
        case "$verb" in
{_joined(cases)}
        esac
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
    if [[ "$cur" != -* && -z "$COMPREPLY" ]]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        compopt -o filenames 2>/dev/null
    fi
}}
complete -F _unblur unblur
"""


def zsh(whole: Verb) -> str:
    """One function for each verb that has verbs, and `_arguments` for what ends there."""
    functions = "\n".join(_zsh_function(verb) for verb in whole.flattened())
    return f'#compdef unblur\n# written by packaging/completion.py\n\n{functions}\n_unblur "$@"\n'


def _zsh_function(verb: Verb) -> str:
    specs = [spec for option in verb.options for spec in _zsh_specs(option)]
    name = _zsh_name(verb)
    if not verb.verbs:
        lines = " \\\n        ".join(specs or ["''"])
        return f"{name}() {{\n    _arguments -s \\\n        {lines}\n}}\n"
    specs += ["'1: :->verb'", "'*:: :->rest'"]
    lines = " \\\n        ".join(specs)
    described = " ".join(_quoted(f"{v.words[-1]}:{_plain(v.help)}") for v in verb.verbs)
    cases = "\n".join(f"                {v.words[-1]}) {_zsh_name(v)} ;;" for v in verb.verbs)
    photos = "" if verb.words else "; _files"
    return f"""\
{name}() {{
    local context state line
    typeset -A opt_args
    _arguments -C \\
        {lines}
    case $state in
        verb) local -a verbs=({described}); _describe verb verbs{photos} ;;
        rest)
            case $line[1] in
{cases}
                *) _files ;;
            esac ;;
    esac
}}
"""


def _zsh_specs(option: Option) -> list[str]:
    value = ""
    if option.value:
        action = f"({' '.join(option.choices)})" if option.choices else ""
        value = f":{_zsh_plain(option.value)}:{action or ('_files' if option.takes_file else ' ')}"
    if not option.flags:
        return [_quoted(f"*{value}")]
    return [_quoted(f"{flag}[{_zsh_plain(option.help)}]{value}") for flag in option.flags]


def _zsh_name(verb: Verb) -> str:
    return "_" + "_".join(("unblur", *verb.words)).replace("-", "_")


def fish(whole: Verb) -> str:
    """One line for each verb and each option, under the verb that it belongs to."""
    lines = ["# fish completion for unblur, written by packaging/completion.py"]
    for verb in whole.flattened():
        condition = _fish_condition(verb)
        for below in verb.verbs:
            # At the first place a photo may stand as well; deeper, only verbs may.
            no_files = "" if not verb.words else " -f"
            lines.append(
                f"complete -c unblur{no_files} -n {_quoted(condition(below=True))} "
                f"-a {below.words[-1]} -d {_quoted(_plain(below.help))}"
            )
        lines += [_fish_option(option, condition(below=False)) for option in verb.options]
    return "\n".join(line for line in lines if line) + "\n"


def _fish_condition(verb: Verb) -> Callable[..., str]:
    seen = "; and ".join(f"__fish_seen_subcommand_from {word}" for word in verb.words)

    def condition(*, below: bool) -> str:
        if not below:
            return seen or "__fish_use_subcommand"
        others = " ".join(each.words[-1] for each in verb.verbs)
        unseen = f"not __fish_seen_subcommand_from {others}"
        return f"{seen}; and {unseen}" if seen else "__fish_use_subcommand"

    return condition


def _fish_option(option: Option, condition: str) -> str:
    if not option.flags:
        return ""
    words = ["complete -c unblur", f"-n {_quoted(condition)}"]
    flags = option.flags
    words += [f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in flags]
    if option.choices:
        words.append(f"-x -a {_quoted(' '.join(option.choices))}")
    elif option.value:
        words.append("-r" if option.takes_file else "-x")
    return " ".join([*words, f"-d {_quoted(_plain(option.help))}"])


def _joined(lines: list[str]) -> str:
    return "\n".join(lines)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _zsh_plain(text: str) -> str:
    """Without what means something inside a specification."""
    return _plain(text).replace("[", "(").replace("]", ")").replace(":", "\\:")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
