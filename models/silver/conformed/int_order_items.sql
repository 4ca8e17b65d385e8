-- One row per shop and order line: every line that arrived, sold, returned or set aside.
with

order_items as (

    {{ union_shops('order_items') }}

),

orders as (

    {{ union_shops('orders') }}

),

shops as (

    select * from {{ ref('shops') }}

),

joined as (

    select
        order_items.*,
        orders.country,
        orders.season,
        orders.ordered_at as order_ordered_at,
        {{ is_other_currency() }} as is_other_currency
    from order_items
    left join orders
        on
            order_items.shop_id = orders.shop_id
            and order_items.order_id = orders.order_id
    left join shops on order_items.shop_id = shops.shop_id

),

-- what is in another currency than the shop's is no amount of the shop's, of whatever kind
counted as (

    select
        * except (line_type, is_sale, unit_price, gross_amount, returned_amount, set_aside_amount, cost_amount),
        if(is_other_currency, 'other_currency', line_type) as line_type,
        is_sale and not is_other_currency as is_sale,
        if(is_other_currency, null, unit_price) as unit_price,
        if(is_other_currency, 0, gross_amount) as gross_amount,
        if(is_other_currency, 0, returned_amount) as returned_amount,
        if(is_other_currency, 0, set_aside_amount) as set_aside_amount,
        if(is_other_currency and cost_amount is not null, 0, cost_amount) as cost_amount,
        if(is_other_currency, gross_amount - returned_amount + set_aside_amount, 0) as other_currency_amount
    from joined

),

final as (

    select
        -- ids
        shop_id,
        order_item_id,
        order_id,
        customer_id,
        product_id,
        distribution_center_id,

        -- strings
        line_type,
        country,
        season,

        -- numerics
        quantity,
        {{ line_amount('unit_price') }} as unit_price,
        {{ line_amount('gross_amount') }} as gross_amount,
        {{ line_amount('returned_amount') }} as returned_amount,
        {{ line_amount('gross_amount - returned_amount') }} as net_amount,
        {{ line_amount('set_aside_amount') }} as set_aside_amount,
        {{ line_amount('other_currency_amount') }} as other_currency_amount,
        {{ line_amount('cost_amount') }} as cost_amount,
        {{ line_amount('gross_amount - returned_amount - cost_amount') }} as margin_amount,

        -- booleans
        is_sale,

        -- timestamps: the line's own, where the shop gives one
        coalesce(ordered_at, order_ordered_at) as ordered_at,
        -- when it came back; a return without a time of its own counts from the order on
        if(returned_amount > 0, coalesce(returned_at, ordered_at, order_ordered_at), null) as returned_at,
        shipped_at,
        delivered_at
    from counted

)

select * from final
