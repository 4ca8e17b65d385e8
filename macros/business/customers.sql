{% macro age_band(age) -%}
    case
        when {{ age }} < 18 then '<18'
        when {{ age }} < 25 then '18-24'
        when {{ age }} < 35 then '25-34'
        when {{ age }} < 45 then '35-44'
        when {{ age }} < 55 then '45-54'
        when {{ age }} < 65 then '55-64'
        when {{ age }} >= 65 then '65+'
    end
{%- endmacro %}


{#- Loyalty tier by the number of purchases before this one (shopping_trends). -#}
{% macro loyalty_tier(previous_purchase_count) -%}
    case
        when {{ previous_purchase_count }} <= 0 then 'New'
        when {{ previous_purchase_count }} <= 10 then 'Regular'
        when {{ previous_purchase_count }} <= 25 then 'Loyal'
        when {{ previous_purchase_count }} > 25 then 'VIP'
    end
{%- endmacro %}


{#- The values that the CLV quartiles of customers end at, for clv_quartiles: one row per group. -#}
{% macro clv_bounds(customers, group_by=['shop_id']) -%}
    {{ values_at(tile_places(4), {
        'amounts': 'net_amount',
        'frequencies': 'order_count',
        'loyalties': 'loyalty_measure'
    }, customers, group_by) }}
{%- endmacro %}


{#- The CLV quartiles of a customer of a relation among those that a relation of clv_bounds is of. -#}
{% macro clv_quartiles(customers, bounds) -%}
    {{ tie_safe_ntile(4, customers ~ '.net_amount', bounds ~ '.amounts') }} as value_quartile,
        {{ tie_safe_ntile(4, customers ~ '.order_count', bounds ~ '.frequencies') }} as frequency_quartile,
        {{ tie_safe_ntile(4, customers ~ '.loyalty_measure', bounds ~ '.loyalties') }} as loyalty_quartile
{%- endmacro %}


{#- The CLV segment by quartiles, 4 the best: the first rule that holds. -#}
{% macro clv_segment(value_quartile, frequency_quartile, loyalty_quartile) -%}
    case
        when {{ value_quartile }} = 4 and {{ frequency_quartile }} = 4 then 'VIP Champions'
        when {{ value_quartile }} = 4 then 'High Spenders'
        when {{ frequency_quartile }} = 4 then 'Frequent Buyers'
        when {{ loyalty_quartile }} = 4 then 'Loyal'
        when {{ value_quartile }} = 1 and {{ frequency_quartile }} = 1 then 'At Risk'
        else 'Regular'
    end
{%- endmacro %}


{#-
    The values that the RFM quintiles of customers end at, for rfm_scores: one row per group. The most
    recent is the best: days are counted up.
-#}
{% macro rfm_bounds(customers, group_by=['shop_id']) -%}
    {{ values_at(tile_places(5), {
        'days': 'unix_date(last_order_date)',
        'frequencies': 'order_count',
        'amounts': 'net_amount'
    }, customers, group_by) }}
{%- endmacro %}


{#- The RFM quintiles of a customer, null where one separates nobody; as clv_quartiles. -#}
{% macro rfm_scores(customers, bounds) -%}
    {{ tile_that_separates(5, 'unix_date(' ~ customers ~ '.last_order_date)', bounds ~ '.days') }} as r_score,
        {{ tile_that_separates(5, customers ~ '.order_count', bounds ~ '.frequencies') }} as f_score,
        {{ tile_that_separates(5, customers ~ '.net_amount', bounds ~ '.amounts') }} as m_score
{%- endmacro %}


{#-
    The RFM segment by quintiles, 5 the best: the first rule that holds. Recent means 4 or 5, often
    4 or 5; who is of the lowest frequency and recent is new. A score is null where it separates
    nobody: no rule that asks for it holds then, and without recency there is no segment, as all
    customers are as recent, and none of them at risk or lost.
-#}
{% macro rfm_segment(r_score, f_score, m_score) -%}
    case
        when {{ r_score }} is null then null
        when {{ r_score }} >= 4 and {{ f_score }} >= 4 and {{ m_score }} >= 4 then 'Champions'
        when {{ r_score }} >= 3 and {{ f_score }} >= 4 then 'Loyal'
        when {{ r_score }} >= 4 and {{ f_score }} = 1 then 'New'
        when {{ r_score }} >= 3 then 'Potential'
        when {{ f_score }} >= 3 or {{ m_score }} >= 3 then 'At risk'
        else 'Lost'
    end
{%- endmacro %}


{#- What a buyer is called of whom an e-mail address is all that is known: an address is no id. -#}
{% macro guest_id(address) -%}
    'guest-' || left(md5({{ address }}), 12)
{%- endmacro %}
