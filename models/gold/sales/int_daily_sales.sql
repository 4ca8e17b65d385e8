-- One row per shop, day of the order (null without one), dimension that the shop records and bucket,
-- `unknown` included: what was sold.
with

sales_lines as (

    select * from {{ ref('int_sales_lines') }}

),

segments as (

    select * from {{ ref('rpt_customer_clv') }}

),

recorded as (

    select * from {{ ref('int_recorded_dimensions') }}

),

-- what an order holds of one kind of product, for a line each would be counted in every dimension
parts as (

    select
        shop_id,
        placed_date,
        order_id,
        customer_id,
        country,
        customer_state,
        category,
        category_level_1,
        category_level_2,
        category_level_3,
        category_level_4,
        brand,
        department,
        season,
        age_band,
        gender,
        traffic_source,
        customer_type,
        payment_method,
        count_if(is_sale) > 0 as is_sale,
        sum(unit_count) as unit_count,
        sum(gross_amount) as gross_amount,
        sum(returned_amount) as returned_amount
    from sales_lines
    group by
        shop_id, placed_date, order_id, customer_id, country, customer_state, category, category_level_1,
        category_level_2, category_level_3, category_level_4, brand, department, season, age_band, gender,
        traffic_source, customer_type, payment_method

),

bucketed as (

    select
        parts.shop_id,
        parts.placed_date,
        parts.order_id,
        parts.customer_id,
        parts.is_sale,
        parts.unit_count,
        parts.gross_amount,
        parts.returned_amount,
        stack(
            16,
            'country', parts.country,
            'state', parts.customer_state,
            'category', parts.category,
            'category_level_1', parts.category_level_1,
            'category_level_2', parts.category_level_2,
            'category_level_3', parts.category_level_3,
            'category_level_4', parts.category_level_4,
            'brand', parts.brand,
            'department', parts.department,
            'season', parts.season,
            'age_band', parts.age_band,
            'gender', parts.gender,
            'traffic_source', parts.traffic_source,
            'customer_segment', segments.clv_segment,
            'customer_type', parts.customer_type,
            'payment_method', parts.payment_method
        ) as (dimension, bucket)
    from parts
    left join segments
        on
            parts.shop_id = segments.shop_id
            and parts.customer_id = segments.customer_id

),

final as (

    select
        -- ids
        bucketed.shop_id,
        bucketed.placed_date,
        bucketed.dimension,
        {{ or_unknown('bucketed.bucket') }} as bucket,

        -- measures
        count(distinct if(bucketed.is_sale, bucketed.order_id, null)) as order_count,
        count(distinct if(bucketed.is_sale, bucketed.customer_id, null)) as customer_count,
        sum(bucketed.unit_count) as unit_count,
        sum(bucketed.gross_amount) as gross_amount,
        sum(bucketed.returned_amount) as returned_amount
    from bucketed
    inner join recorded
        on
            bucketed.shop_id = recorded.shop_id
            and bucketed.dimension = recorded.dimension
    group by bucketed.shop_id, bucketed.placed_date, bucketed.dimension, {{ or_unknown('bucketed.bucket') }}

)

select * from final
