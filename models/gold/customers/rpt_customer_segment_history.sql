-- One row per shop, customer with a dated sale, and month end from it on: the segments as they would
-- have been told on that day.
with

customers as (

    select * from {{ ref('int_customer_month_ends') }}

),

clv_bounds as (

    {{ clv_bounds('customers', ['shop_id', 'month_end']) }}

),

rfm_bounds as (

    {{ rfm_bounds('customers', ['shop_id', 'month_end']) }}

),

tiles as (

    select
        customers.*,
        {{ clv_quartiles('customers', 'clv_bounds') }},
        {{ rfm_scores('customers', 'rfm_bounds') }}
    from customers
    inner join clv_bounds
        on
            customers.shop_id = clv_bounds.shop_id
            and customers.month_end = clv_bounds.month_end
    inner join rfm_bounds
        on
            customers.shop_id = rfm_bounds.shop_id
            and customers.month_end = rfm_bounds.month_end

),

final as (

    select
        -- ids
        shop_id,
        {{ entity_key('customer_id') }} as customer_key,
        month_end,

        -- measures
        {{ rounded_net_amount() }} as lifetime_value,
        order_count,
        loyalty_measure,

        -- tiles
        value_quartile,
        frequency_quartile,
        loyalty_quartile,
        r_score,
        f_score,
        m_score,

        -- segments
        {{ clv_segment('value_quartile', 'frequency_quartile', 'loyalty_quartile') }} as clv_segment,
        {{ rfm_segment('r_score', 'f_score', 'm_score') }} as rfm_segment,

        -- dates: of sales up to the month end
        first_order_date,
        last_order_date
    from tiles

)

select * from final
