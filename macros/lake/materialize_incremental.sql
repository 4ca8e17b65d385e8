{#-
    Tables that grow by days: a run replaces the days whose rows would be others now, all in one commit,
    so that a table is whole whenever a build ends or is killed, and the next one goes on from it.

    Every row carries the `_version` of its day, a fingerprint of all that the day's rows come from
    (code included), and the model's CTE `units` says which days there are now, and of which version.
    Nothing else is remembered: whatever the order in which files came, were replaced or withdrawn,
    the days that differ are the ones to write. The column of the day is the model's `unique_key`: its
    rows are replaced together, those without a day too. Where most days differ, or the table's
    declaration or the code do, it is written whole, like any other.
-#}
{% materialization incremental, adapter = 'spark' %}

    {%- set target = this.incorporate(type='table') -%}
    {% do check_table_config() %}
    {{ run_hooks(pre_hooks) }}

    {% if not is_incremental() %}
        {% do write_table(target, sql) %}
    {% else %}
        {% set day = config.require('unique_key') %}
        {% call statement('main', fetch_result=true) %}
            {{ context.get(model.name ~ '__judged_days', judged_days)(target, day, sql) }}
        {% endcall %}
        {% set days = load_result('main')['table'].rows %}
        {% set stale = days | selectattr('is_stale') | map(attribute='day') | list %}
        {% if stale | length * 2 > days | length %}
            {% do write_table(target, sql) %}
        {% elif stale %}
            {% call statement('main') %}
                insert into table {{ target }}
                replace where {{ is_one_of_days(day, stale) }}
                {{ in_order_of_columns(only_days(sql, stale)) }}
            {% endcall %}
        {% endif %}
    {% endif %}

    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [target]}) }}

{% endmaterialization %}


{#- dbt's own, and more: the table is the one that this declaration and this code wrote. -#}
{% macro is_incremental() %}
    {% if not execute or model.config.materialized != 'incremental' or should_full_refresh() %}
        {{ return(false) }}
    {% endif %}
    {% set written = table_properties(this) %}
    {{ return(written.get('lakehouse.declaration') == declared_properties()['lakehouse.declaration']) }}
{% endmacro %}


{#-
    The days that there are, or are in the table, and whether the table's rows of them are stale. A model
    whose days hang together has a macro of its own for that, `<model>__judged_days`.
-#}
{% macro judged_days(target, day, sql) %}
    {% set end = modules.re.compile('select \\* from final\\s*$') %}
    {% if not end.search(sql) %}
        {% do exceptions.raise_compiler_error(model.name ~ ' does not end in `select * from final`.') %}
    {% endif %}
    {{ end.sub('', sql) }}
    select
        cast(coalesce(units.{{ day }}, written.{{ day }}) as string) as day,
        not (written.first_version <=> units._version and written.last_version <=> units._version)
            as is_stale
    from units
    full outer join (
        select
            {{ day }},
            min(_version) as first_version,
            max(_version) as last_version
        from {{ target }}
        group by {{ day }}
    ) as written
        on units.{{ day }} <=> written.{{ day }}
{% endmacro %}


{#- With a contract the table's columns stand as declared, without one as the query gives them. -#}
{% macro in_order_of_columns(sql) %}
    {% if config.get('contract').enforced %}
        {{ return(get_select_subquery(sql)) }}
    {% endif %}
    {{ return(sql) }}
{% endmacro %}


{#- The query with the days put where it says `in_stale_days`. -#}
{% macro only_days(sql, days) %}
    {% set queries = [sql] %}
    {% for mark, moment in modules.re.findall('(/\\* stale days of (.+?) \\*/ true)', sql) | unique %}
        {% do queries.append(queries[-1].replace(mark, is_one_of_days(moment, days))) %}
    {% endfor %}
    {{ return(queries[-1]) }}
{% endmacro %}


{#- A range first: by it Delta finds the files to read, also where the moment is a timestamp. -#}
{% macro is_one_of_days(moment, days) %}
    {%- set dates = days | reject('none') | map('string') | sort -%}
    (
    {%- if dates -%}
        {%- set after = modules.datetime.date.fromisoformat(dates[-1]) + modules.datetime.timedelta(days=1) -%}
        {{ moment }} >= date '{{ dates[0] }}' and {{ moment }} < date '{{ after }}'
        and cast({{ moment }} as date) in ({% for date in dates %}date '{{ date }}'{{ ', ' if not loop.last }}{% endfor %})
        {{- ' or ' if dates | length < days | length }}
    {%- endif -%}
    {%- if dates | length < days | length -%}
        {{ moment }} is null
    {%- endif -%}
    )
{% endmacro %}
