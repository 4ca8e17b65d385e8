{#-
    Tables, written so that readers never see them empty or against their contract.

    A model with an enforced contract is a Delta table created with its declared columns: types,
    NOT NULL, comments and CHECK constraints. Its rows come by one atomic `insert overwrite`: a row
    that breaks the contract is refused and the previous version stays. The table is created anew
    only when its declaration changed; a fingerprint in its properties tells.
    A model without contract is one `create or replace table … as select`.
-#}
{% materialization table, adapter = 'spark' %}

    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}

    {% if config.get('contract').enforced %}
        {{ get_assert_columns_equivalent(sql) }}
        {% set fingerprint = local_md5(declared_table_sql(target, '') ~ declared_checks() | join(';')) %}
        {% if declared_fingerprint(target) != fingerprint %}
            {% do run_query(declared_table_sql(target, fingerprint)) %}
            {% for check in declared_checks() %}
                {% do run_query('alter table ' ~ target ~ ' add constraint ' ~ check) %}
            {% endfor %}
        {% endif %}
        {% call statement('main') %}
            insert overwrite table {{ target }}
            {{ get_select_subquery(sql) }}
        {% endcall %}
    {% else %}
        {% call statement('main') %}
            create or replace table {{ target }}
            using delta
            {{ location_clause() }}
            as
            {{ sql }}
        {% endcall %}
    {% endif %}

    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [target]}) }}

{% endmaterialization %}


{#- The fingerprint of the declaration that the table was created with; none without a table. -#}
{% macro declared_fingerprint(target) %}
    {% if load_cached_relation(target) is none %}
        {{ return(none) }}
    {% endif %}
    {% set rows = run_query("show tblproperties " ~ target ~ " ('lakehouse.declaration')") %}
    {{ return(rows.columns['value'].values()[0]) }}
{% endmacro %}


{% macro declared_table_sql(target, fingerprint) %}
    create or replace table {{ target }} (
        {%- for column in model.columns.values() %}
        {{ adapter.quote(column.name) }} {{ column.data_type }}
        {%- if column.constraints | selectattr('type', 'equalto', 'not_null') | list %} not null{% endif %}
        {%- if column.description %} comment '{{ sql_text(column.description) }}'{% endif %}
        {{- ',' if not loop.last }}
        {%- endfor %}
    )
    using delta
    {{ location_clause() }}
    comment '{{ sql_text(model.description) }}'
    tblproperties ('lakehouse.declaration' = '{{ fingerprint }}')
{% endmacro %}


{% macro declared_checks() %}
    {% set checks = [] %}
    {% for constraint in model.constraints if constraint.type == 'check' %}
        {% do checks.append(constraint.name ~ ' check (' ~ constraint.expression ~ ')') %}
    {% endfor %}
    {{ return(checks) }}
{% endmacro %}


{#- A text inside a SQL string literal. -#}
{% macro sql_text(text) %}
    {{- return(text | trim | replace('\\', '\\\\') | replace("'", "\\'")) -}}
{% endmacro %}
