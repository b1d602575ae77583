#!/bin/sh
# Everything that must hold before a change is good. Run by `./hamraz test`; arguments go to pytest.
set -eu
bin=.venv/bin
unset PYTHONDONTWRITEBYTECODE  # some tests start processes, each of which would compile all it loads

step() { printf '\n== %s\n' "$*"; }

step "lint"
"$bin/ruff" check .

# Types take one core half a minute: the other looks at the rest meanwhile.
said=$(mktemp)
"$bin/mypy" >"$said" 2>&1 &
types=$!
trap 'kill "$types" 2>/dev/null || true; rm -f "$said"' EXIT
step "security"
"$bin/bandit" -q -c pyproject.toml -r bot casework flows handlers locales operating storage web webhook_app.py
step "flows and words"
"$bin/python" -m webhook_app flows check
"$bin/python" -m webhook_app words check
step "types"
sound=0
wait "$types" || sound=$?
cat "$said"
[ "$sound" = 0 ] || exit "$sound"

step "tests"
"$bin/pytest" -q -n 3 "$@"  # on two cores: much of a test is waiting
