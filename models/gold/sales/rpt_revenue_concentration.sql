-- One row per shop and known customer with a sale, the best first: how few bring how much.
with

shops as (

    select
        shop_id,
        sum(net_amount) as shop_net_amount
    from {{ ref('int_orders') }}
    group by shop_id

),

customers as (

    select
        *,
        {{ range_bucket('net_amount') }} as bucket
    from {{ ref('int_customer_lifetimes') }}

),

buckets as (

    select
        shop_id,
        bucket,
        {{ before('count(*)', 'bucket desc') }} as customers_before,
        {{ before('sum(net_amount)', 'bucket desc') }} as net_amount_before,
        sum(count(*)) over (partition by shop_id) as known_customer_count,
        sum(sum(net_amount)) over (partition by shop_id) as known_net_amount
    from customers
    group by shop_id, bucket

),

ranked as (

    select
        customers.*,
        buckets.known_customer_count,
        buckets.known_net_amount,
        buckets.customers_before + row_number() over (
            partition by customers.shop_id, customers.bucket
            order by customers.net_amount desc, customers.customer_id asc
        ) as customer_rank,
        buckets.net_amount_before + sum(customers.net_amount) over (
            partition by customers.shop_id, customers.bucket
            order by customers.net_amount desc, customers.customer_id asc
            rows between unbounded preceding and current row
        ) as cumulative_net_amount
    from customers
    inner join buckets
        on
            customers.shop_id = buckets.shop_id
            and customers.bucket = buckets.bucket

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
        cast(ranked.customer_rank as int) as customer_rank,

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
