-- One row per shop and known customer with a sale, the best first: how few bring how much.
with

orders as (

    select * from {{ ref('int_orders') }}

),

shops as (

    select
        shop_id,
        sum(net_amount) as shop_net_amount
    from orders
    group by shop_id

),

customers as (

    select
        shop_id,
        customer_id,
        {{ count_where('has_sale') }} as order_count,
        sum(gross_amount) as gross_amount,
        sum(returned_amount) as returned_amount,
        sum(net_amount) as net_amount
    from orders
    where customer_id is not null
    group by shop_id, customer_id
    having count_if(has_sale) > 0

),

ranked as (

    select
        *,
        row_number() over (partition by shop_id order by net_amount desc, customer_id asc) as customer_rank,
        count(*) over (partition by shop_id) as known_customer_count,
        sum(net_amount) over (partition by shop_id) as known_net_amount,
        sum(net_amount) over (
            partition by shop_id
            order by net_amount desc, customer_id asc
            rows between unbounded preceding and current row
        ) as cumulative_net_amount
    from customers

),

final as (

    select
        -- ids
        ranked.shop_id,
        {{ entity_key('ranked.customer_id', 'ranked.shop_id') }} as customer_key,
        ranked.customer_id,

        -- numerics
        ranked.order_count,
        {{ rounded_net_amount('ranked.gross_amount', 'ranked.returned_amount') }} as net_amount,
        ranked.customer_rank,

        -- shares: of the customers here, and of the whole shop with sales to nobody known
        {{ ratio('ranked.customer_rank', 'ranked.known_customer_count') }} as customer_share,
        {{ ratio('ranked.net_amount', 'ranked.known_net_amount') }} as known_revenue_share,
        {{ ratio('ranked.cumulative_net_amount', 'ranked.known_net_amount') }} as cumulative_revenue_share,
        {{ ratio('ranked.net_amount', 'shops.shop_net_amount') }} as revenue_share,

        -- booleans
        ranked.customer_rank <= ceil(ranked.known_customer_count / 5) as is_top_20_percent
    from ranked
    inner join shops on ranked.shop_id = shops.shop_id

)

select * from final
