-- One row per shop, dimension and bucket of customers with a sale: who they are and what they bring.
with

customer_buckets as (

    select * from {{ ref('int_customer_buckets') }}

),

lifetimes as (

    select * from {{ ref('int_customer_lifetimes') }}

),

buckets as (

    select
        customer_buckets.shop_id,
        customer_buckets.dimension,
        customer_buckets.bucket,
        count(*) as customer_count,
        sum(lifetimes.order_count) as order_count,
        sum(lifetimes.gross_amount) as gross_amount,
        sum(lifetimes.returned_amount) as returned_amount,
        sum(lifetimes.net_amount) as net_amount,
        sum(lifetimes.cost_amount) as cost_amount,
        sum(lifetimes.known_cost_gross_amount) as known_cost_gross_amount,
        sum(lifetimes.known_cost_returned_amount) as known_cost_returned_amount,
        -- the top spender; ids break ties, the first one wins
        min_by(lifetimes.customer_id, struct(-lifetimes.net_amount, lifetimes.customer_id)) as top_customer_id,
        min_by(
            {{ rounded_net_amount('lifetimes.gross_amount', 'lifetimes.returned_amount') }},
            struct(-lifetimes.net_amount, lifetimes.customer_id)
        ) as top_customer_amount
    from customer_buckets
    inner join lifetimes
        on
            customer_buckets.shop_id = lifetimes.shop_id
            and customer_buckets.customer_id = lifetimes.customer_id
    group by customer_buckets.shop_id, customer_buckets.dimension, customer_buckets.bucket

),

final as (

    select
        -- ids
        shop_id,
        dimension,
        bucket,

        -- counts
        customer_count,
        order_count,

        -- amounts
        {{ amount('gross_amount') }} as gross_amount,
        {{ rounded_net_amount() }} as net_amount,
        {{ average_order_value() }} as average_order_value,
        {{ amount('try_divide(net_amount, customer_count)') }} as revenue_per_customer,
        {{ margin_amounts() }},

        -- rates
        {{ margin_rates() }},

        -- top spender
        {{ entity_key('top_customer_id') }} as top_customer_key,
        top_customer_amount,

        -- ranks
        row_number() over (
            partition by shop_id, dimension
            order by bucket = 'unknown' asc, net_amount desc, bucket asc
        ) as revenue_rank
    from buckets

)

select * from final
