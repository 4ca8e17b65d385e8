# source scripts/env.sh
# Makes `dbt run`, `dbt test`, `lakehouse …` and `pyspark` work in this shell, on the lake at
# LAKE_ROOT (default: ./lake in the project).
_lakehouse_dir=$(cd "$(dirname "${BASH_SOURCE:-$0}")/.." && pwd)
if [ -x "$_lakehouse_dir/.venv/bin/lakehouse" ]; then
    export LAKE_ROOT="${LAKE_ROOT:-$_lakehouse_dir/lake}"
    eval "$("$_lakehouse_dir/.venv/bin/lakehouse" env)"
    case ":$PATH:" in
        *":$_lakehouse_dir/scripts/bin:"*) ;;
        *) export PATH="$_lakehouse_dir/scripts/bin:$_lakehouse_dir/.venv/bin:$PATH" ;;
    esac
else
    echo "env.sh: the project is not set up yet. Run: make setup" >&2
fi
unset _lakehouse_dir
