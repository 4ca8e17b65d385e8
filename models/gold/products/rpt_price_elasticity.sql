-- One row per shop and category code: by how much purchases per view change with the price.
-- Only shops whose views and purchases name products with a price.
with

products as (

    select * from {{ ref('int_product_engagement') }}
    where
        category_code is not null
        and list_price is not null
        and view_count is not null
        and purchase_count is not null

),

-- Each product as three bases see it. Half a purchase and one view more (Jeffreys' estimate of a rate)
-- give what was never bought a logarithm too: to leave it out would choose among products by the answer.
observed as (

    select
        shop_id,
        category_code,
        ln(list_price) as log_price,
        stack(
            3,
            'all', view_count, ln((purchase_count + 0.5D) / (view_count + 1)),
            'human', human_view_count, ln((human_purchase_count + 0.5D) / (human_view_count + 1)),
            'sold', view_count, ln(try_divide(nullif(purchase_count, 0), view_count))
        ) as (basis, view_count, log_rate)
    from products

),

judged as (

    select
        *,
        view_count >= {{ var('min_elasticity_view_count') }} and log_rate is not null as is_point
    from observed

),

-- What is no point stays as nulls, so that every category has its row.
points as (

    select
        shop_id,
        category_code,
        basis,
        if(is_point, {{ regression_value('log_price') }}, null) as log_price,
        if(is_point, {{ regression_value('log_rate') }}, null) as log_rate
    from judged

),

fits as (

    select
        shop_id,
        category_code,
        basis,
        count(log_rate) as product_count,
        nullif(greatest(count(log_rate) - 2, 0), 0) as degrees,
        {{ scaled_covariance('log_price', 'log_price') }} as price_variance,
        {{ scaled_covariance('log_price', 'log_rate') }} as covariance,
        {{ scaled_covariance('log_rate', 'log_rate') }} as rate_variance
    from points
    group by shop_id, category_code, basis

),

slopes as (

    select
        shop_id,
        category_code,
        basis,
        product_count,
        if(
            product_count >= {{ var('min_elasticity_product_count') }},
            try_divide(covariance, price_variance),
            null
        ) as elasticity,
        {{ slope_standard_error('degrees', 'price_variance', 'covariance', 'rate_variance') }}
        * {{ student_t_975('degrees') }} as margin_of_error
    from fits

),

final as (

    select
        -- ids
        shop_id,
        category_code,

        -- all products with enough views
        max(product_count) filter (where basis = 'all') as product_count,
        max(elasticity) filter (where basis = 'all') as elasticity,
        max(elasticity - margin_of_error) filter (where basis = 'all') as elasticity_lower,
        max(elasticity + margin_of_error) filter (where basis = 'all') as elasticity_upper,

        -- without robots
        max(product_count) filter (where basis = 'human') as human_product_count,
        max(elasticity) filter (where basis = 'human') as human_elasticity,
        max(elasticity - margin_of_error) filter (where basis = 'human') as human_elasticity_lower,
        max(elasticity + margin_of_error) filter (where basis = 'human') as human_elasticity_upper,

        -- only those that were bought, by their plain rates
        max(product_count) filter (where basis = 'sold') as sold_product_count,
        max(elasticity) filter (where basis = 'sold') as sold_elasticity,
        max(elasticity - margin_of_error) filter (where basis = 'sold') as sold_elasticity_lower,
        max(elasticity + margin_of_error) filter (where basis = 'sold') as sold_elasticity_upper
    from slopes
    group by shop_id, category_code

)

select * from final
