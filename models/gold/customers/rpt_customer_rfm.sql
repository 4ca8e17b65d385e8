-- One row per shop and customer with a dated sale: recency, frequency, amount, and their segment.
with

lifetimes as (

    select * from {{ ref('int_customer_lifetimes') }}
    where last_order_date is not null

),

-- The shop's last sale, also one to nobody known.
shops as (

    select
        shop_id,
        max(order_date) as shop_last_order_date
    from {{ ref('fct_orders') }}
    where has_sale
    group by shop_id

),

measured as (

    select
        lifetimes.*,
        datediff(shops.shop_last_order_date, lifetimes.last_order_date) as recency_days
    from lifetimes
    inner join shops on lifetimes.shop_id = shops.shop_id

),

bounds as (

    {{ rfm_bounds('lifetimes') }}

),

quintiles as (

    select
        measured.*,
        {{ rfm_scores('measured', 'bounds') }}
    from measured
    inner join bounds on measured.shop_id = bounds.shop_id

),

final as (

    select
        -- ids
        shop_id,
        {{ entity_key('customer_id') }} as customer_key,
        customer_id,

        -- measures
        cast(recency_days as bigint) as recency_days,
        order_count as frequency,
        {{ rounded_net_amount() }} as monetary_amount,

        -- quintiles
        r_score,
        f_score,
        m_score,

        -- segment
        {{ rfm_segment('r_score', 'f_score', 'm_score') }} as rfm_segment
    from quintiles

)

select * from final
