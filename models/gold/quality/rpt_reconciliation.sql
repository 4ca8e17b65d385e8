-- One row per shop and measure: what bronze holds against what gold holds and what it sets aside.
with

bronze as (

    {{ union_bronze_totals() }}

),

order_items as (

    select
        shop_id,
        {{ count_where("line_type in ('sale', 'return')") }} as kept_count,
        {{ count_where("line_type not in ('sale', 'return')") }} as set_aside_count,
        sum(net_amount) as net_amount,
        sum(set_aside_amount) as set_aside_amount
    from {{ ref('fct_order_items') }}
    group by shop_id

),

sessions as (

    select
        shop_id,
        sum(event_count) as event_count
    from {{ ref('fct_sessions') }}
    group by shop_id

),

measures as (

    select
        bronze.shop_id,
        stack(
            3,
            'line_count',
            {{ line_amount('bronze.line_count') }},
            {{ line_amount('coalesce(order_items.kept_count, 0)') }},
            {{ line_amount('coalesce(order_items.set_aside_count, 0)') }},
            'amount',
            {{ line_amount('coalesce(bronze.line_amount, 0)') }},
            {{ line_amount('coalesce(order_items.net_amount, 0)') }},
            {{ line_amount('coalesce(order_items.set_aside_amount, 0)') }},
            'event_count',
            {{ line_amount('bronze.event_count') }},
            {{ line_amount('coalesce(sessions.event_count, 0)') }},
            {{ line_amount('0') }}
        ) as (measure, bronze_value, gold_value, set_aside_value)
    from bronze
    left join order_items on bronze.shop_id = order_items.shop_id
    left join sessions on bronze.shop_id = sessions.shop_id

),

final as (

    select
        shop_id,
        measure,
        bronze_value,
        gold_value,
        set_aside_value,
        {{ line_amount('bronze_value - gold_value - set_aside_value') }} as difference
    from measures
    where bronze_value is not null

)

select * from final
