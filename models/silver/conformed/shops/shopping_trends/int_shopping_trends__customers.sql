-- One row per customer of shopping_trends. Where purchases of one customer disagree, the one with
-- the most previous purchases is the latest and counts.
with

purchases as (

    select * from {{ ref('stg_shopping_trends__purchases') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by customer_id
            order by previous_purchase_count desc, purchase_id asc
        ) as recency
    from purchases

),

final as (

    select
        'shopping_trends' as shop_id,
        {{ not_recorded('customers', except=[
            'gender', 'age', 'state', 'is_subscriber', 'previous_purchase_count'
        ]) }}
        customer_id,
        gender,
        age,
        location as state,
        is_subscriber,
        previous_purchase_count
    from ranked
    where recency = 1

)

select * from final
