-- One row per shop, period type (month, quarter, year), period with a complete one before it,
-- perspective (product, customer) and effect: its part in the change of the shop's net sales.
with

products as (

    select * from {{ ref('int_bridge_products') }}

),

customers as (

    select * from {{ ref('int_bridge_customers') }}

),

rounded as (

    select
        products.shop_id,
        products.period_type,
        products.period_start,
        products.previous_period_start,
        {{ rounded_net_amount() }} as net_amount,
        {{ rounded_net_amount('previous_gross_amount', 'previous_returned_amount') }} as previous_net_amount,
        {{ amount('gross_amount') }} - {{ amount('previous_gross_amount') }} as gross_change,
        {{ amount('previous_returned_amount') }} - {{ amount('returned_amount') }} as returns,
        {{ amount('price_amount') }} as price,
        {{ amount('volume_amount') }} as volume,
        {{ amount('new_products_amount') }} as new_products,
        {{ amount('gone_products_amount') }} as gone_products,
        {{ amount('other_sales_amount') }} as other_sales,
        {{ amount('new_customers_amount') }} as new_customers,
        {{ amount('reactivated_customers_amount') }} as reactivated_customers,
        {{ amount('lost_customers_amount') }} as lost_customers,
        {{ amount('only_returns_amount') }} as only_returns,
        {{ amount('unknown_customers_amount') }} as unknown_customers
    from products
    inner join customers
        on
            products.shop_id = customers.shop_id
            and products.period_type = customers.period_type
            and products.period_start = customers.period_start

),

-- One effect of each perspective is the rest of the change, so that all add up to it.
completed as (

    select
        *,
        gross_change - price - volume - new_products - gone_products - other_sales as mix,
        net_amount - previous_net_amount
        - new_customers - reactivated_customers - lost_customers - only_returns - unknown_customers
            as returning_customers
    from rounded

),

effects as (

    select
        completed.*,
        stack(
            13,
            'product', 'price', {{ amount('price') }},
            'product', 'volume', {{ amount('volume') }},
            'product', 'mix', {{ amount('mix') }},
            'product', 'new_products', {{ amount('new_products') }},
            'product', 'gone_products', {{ amount('gone_products') }},
            'product', 'other_sales', {{ amount('other_sales') }},
            'product', 'returns', {{ amount('returns') }},
            'customer', 'new_customers', {{ amount('new_customers') }},
            'customer', 'returning_customers', {{ amount('returning_customers') }},
            'customer', 'reactivated_customers', {{ amount('reactivated_customers') }},
            'customer', 'lost_customers', {{ amount('lost_customers') }},
            'customer', 'only_returns', {{ amount('only_returns') }},
            'customer', 'unknown_customers', {{ amount('unknown_customers') }}
        ) as (perspective, effect, effect_amount)
    from completed

),

final as (

    select
        -- ids
        shop_id,
        period_type,
        period_start,
        perspective,
        effect,

        -- amounts
        effect_amount as amount,
        previous_net_amount,
        net_amount,

        -- dates
        previous_period_start
    from effects

)

select * from final
