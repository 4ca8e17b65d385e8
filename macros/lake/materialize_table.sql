{#-
    Tables, written so that readers see the old rows or the new rows, under their contract: every
    statement here that changes a table is one commit to its Delta log.

    One `create or replace table … as select` brings columns, comments, CHECKs, partitioning,
    clustering and rows together. NOT NULL is a CHECK too: a column's own NOT NULL can only be given
    to an empty table. As long as the declaration of a table with a contract stays the same (a
    fingerprint among its properties tells), its rows come by `insert overwrite`, and texts that
    changed by themselves are altered without touching a file. A row that breaks the contract is
    refused either way, and the version before stays.
-#}
{% materialization table, adapter = 'spark' %}

    {%- set target = this.incorporate(type='table') -%}
    {% do check_table_config() %}
    {{ run_hooks(pre_hooks) }}

    {% do write_table(target, sql) %}

    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [target]}) }}

{% endmaterialization %}


{#- Writes a model's rows whole, with its declaration if that is another. -#}
{% macro write_table(target, sql) %}
    {# A view of a lake that is older than the table: a name of the metastore, without rows of its own. #}
    {% set held = load_cached_relation(target) %}
    {% if held is not none and held.is_view %}
        {% do adapter.drop_relation(held) %}
    {% endif %}

    {% if not config.get('contract').enforced %}
        {% call statement('main') %}
            {{ create_or_replace_table_sql(target, properties_without_contract(), sql) }}
        {% endcall %}
    {% else %}
        {{ get_assert_columns_equivalent(sql) }}
        {% set declared = declared_properties() %}
        {% set written = table_properties(target) %}
        {% set is_declared = written['lakehouse.declaration'] == declared['lakehouse.declaration'] %}
        {# An `insert overwrite` would take the clustering away. #}
        {% if is_declared and not clustering_columns() %}
            {% if written['lakehouse.documentation'] != declared['lakehouse.documentation'] %}
                {% do document_table(target, declared['lakehouse.documentation']) %}
            {% endif %}
            {% call statement('main') %}
                insert overwrite table {{ target }}
                {{ get_select_subquery(sql) }}
            {% endcall %}
        {% else %}
            {# A select has no comments; the columns of a view have. #}
            {% set rows = this.identifier ~ '__dbt_tmp' %}
            {% do run_query(documented_view_sql(rows, get_select_subquery(sql))) %}
            {% call statement('main') %}
                {{ create_or_replace_table_sql(target, declared, 'select * from ' ~ rows) }}
            {% endcall %}
            {% do run_query('drop view ' ~ rows) %}
        {% endif %}
    {% endif %}

    {% if clustering_columns() %}
        {# Rows are sorted into clusters by optimizing, not by writing. #}
        {% do run_query('optimize ' ~ target) %}
    {% endif %}
{% endmacro %}


{% macro create_or_replace_table_sql(target, properties, select_sql) %}
    create or replace table {{ target }}
    using delta
    {{ options_clause() }}
    {{ partition_cols('partitioned by') }}
    {%- if clustering_columns() %}
    cluster by ({{ clustering_columns() | join(', ') }})
    {%- endif %}
    {{ location_clause() }}
    comment '{{ sql_text(model.description | trim) }}'
    {%- if properties %}
    tblproperties ({{ sql_properties(properties) }})
    {%- endif %}
    as
    {{ select_sql }}
{% endmacro %}


{#-
    What a model with a contract declares, as properties of its table: its CHECKs, and a fingerprint
    of all that the rows must fit and of the texts that describe them.
-#}
{% macro declared_properties() %}
    {% set properties = {} %}
    {% do properties.update(config.get('tblproperties') or {}) %}
    {% for constraint in model.constraints if constraint.type == 'check' %}
        {% do properties.update({'delta.constraints.' ~ constraint.name: constraint.expression}) %}
    {% endfor %}
    {% set columns = [] %}
    {% set texts = [model.description] %}
    {% for column in model.columns.values() %}
        {% if column.constraints | selectattr('type', 'equalto', 'not_null') | list %}
            {% do properties.update({
                'delta.constraints.' ~ column.name ~ '_not_null':
                adapter.quote(column.name) ~ ' is not null'
            }) %}
        {% endif %}
        {% do columns.append([column.name, column.data_type | default(none)]) %}
        {% do texts.append(column.description) %}
    {% endfor %}
    {% set layout = [config.get('partition_by'), clustering_columns(), config.get('options')] %}
    {% if config.get('materialized') == 'incremental' %}
        {% do layout.append(code_fingerprint()) %}
    {% endif %}
    {% set declaration = tojson([columns, properties, layout], sort_keys=true) %}
    {% do properties.update({
        'lakehouse.declaration': local_md5(declaration),
        'lakehouse.documentation': local_md5(tojson(texts))
    }) %}
    {{ return(properties) }}
{% endmacro %}


{#- A table that grows tells what wrote it. -#}
{% macro properties_without_contract() %}
    {% if config.get('materialized') == 'incremental' %}
        {{ return(declared_properties()) }}
    {% endif %}
    {{ return(config.get('tblproperties') or {}) }}
{% endmacro %}


{#- The properties that a table has; none without a table. -#}
{% macro table_properties(target) %}
    {% set properties = {} %}
    {% if load_cached_relation(target) is not none %}
        {% for row in run_query('show tblproperties ' ~ target) %}
            {% do properties.update({row['key']: row['value']}) %}
        {% endfor %}
    {% endif %}
    {{ return(properties) }}
{% endmacro %}


{% macro documented_view_sql(name, select_sql) %}
    create or replace temporary view {{ name }} ({{ column_texts() }})
    as
    {{ select_sql }}
{% endmacro %}


{#- Two commits without a data file; the fingerprint comes with the last. -#}
{% macro document_table(target, fingerprint) %}
    {% do run_query('alter table ' ~ target ~ ' alter column ' ~ column_texts()) %}
    {% set properties = {
        'comment': model.description | trim, 'lakehouse.documentation': fingerprint
    } %}
    {% do run_query(
        'alter table ' ~ target ~ ' set tblproperties (' ~ sql_properties(properties) ~ ')'
    ) %}
{% endmacro %}


{% macro column_texts() %}
    {%- for column in model.columns.values() -%}
        {{ adapter.quote(column.name) }} comment '{{ sql_text(column.description | trim) }}'
        {{- ', ' if not loop.last }}
    {%- endfor -%}
{% endmacro %}


{#- The columns by which rows are clustered (liquid clustering); none if the model does not ask. -#}
{% macro clustering_columns() %}
    {% set columns = config.get('clustered_by') or config.get('cluster_by') or [] %}
    {{ return([columns] if columns is string else columns) }}
{% endmacro %}


{#- What a model asks for happens or is refused. -#}
{% macro check_table_config() %}
    {% if config.get('file_format', 'delta') != 'delta' %}
        {% do exceptions.raise_compiler_error('Tables are Delta tables, not ' ~ config.get('file_format')) %}
    {% endif %}
    {% if config.get('buckets') is not none %}
        {% do exceptions.raise_compiler_error('Delta tables have no buckets: cluster by the columns alone') %}
    {% endif %}
{% endmacro %}


{% macro sql_properties(properties) %}
    {%- for name, value in properties.items() -%}
        '{{ name }}' = '{{ sql_text(value) }}'{{ ', ' if not loop.last }}
    {%- endfor -%}
{% endmacro %}


{#- A text inside a SQL string literal. -#}
{% macro sql_text(text) %}
    {{- return(text | string | replace('\\', '\\\\') | replace("'", "\\'")) -}}
{% endmacro %}
