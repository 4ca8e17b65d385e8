{#-
    A fingerprint of the code that a model's rows come from: its query, the project's macros and the
    vars in it, and the same of every view that it reads. What tables it reads is not part of it: those
    have fingerprints of their own. Empty while dbt parses and in its unit tests, which know no other
    models.

    Macros are found by their names: what dbt lists as called depends on the branch that it took.
-#}
{% macro code_fingerprint() %}
    {% if not execute or graph.nodes is undefined %}
        {{ return('') }}
    {% endif %}
    {% set parts = [] %}
    {% do gather_models(model, [], parts) %}
    {{ return(local_md5(tojson(parts))) }}
{% endmacro %}


{% macro gather_models(node, gathered, parts) %}
    {% do gather_code(node.raw_code, gathered, parts) %}
    {% for parent in node.depends_on.nodes | sort if parent.startswith('model.') %}
        {% if graph.nodes[parent].config.materialized == 'view' %}
            {% do gather_models(graph.nodes[parent], gathered, parts) %}
        {% endif %}
    {% endfor %}
{% endmacro %}


{#- A piece of code, the vars in it, and the macros of the project that it calls, each once. -#}
{% macro gather_code(code, gathered, parts) %}
    {% do parts.append(code) %}
    {% for name in modules.re.findall("var\\('(\\w+)'", code) | unique | sort %}
        {% do parts.append([name, var(name, none)]) %}
    {% endfor %}
    {% for name in modules.re.findall('(\\w+)\\(', code) | unique | sort if name not in gathered %}
        {% set called = context.get(name) %}
        {% if called.macro is defined and called.macro.package_name == project_name %}
            {% do gathered.append(name) %}
            {% do gather_code(called.macro.macro_sql, gathered, parts) %}
        {% endif %}
    {% endfor %}
{% endmacro %}
