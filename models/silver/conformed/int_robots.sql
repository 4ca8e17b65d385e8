-- One row per shop and robot: a customer, or a session of nobody known, that was too busy on one day
-- to be human.
with

robots as (

    select
        shop_id,
        inline(robots) as (customer_id, session_id)
    from {{ ref('int_robot_days') }}

),

final as (

    select distinct
        shop_id,
        customer_id,
        session_id
    from robots

)

select * from final
