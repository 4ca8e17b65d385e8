-- One row per day, from the first order or event of any shop to the end of the last one's year.
with

bounds as (

    select
        min(day) as first_day,
        max(day) as last_day
    from (
        select order_date as day from {{ ref('int_orders') }}
        union all
        select cast(event_at as date) as day from {{ ref('int_events') }}
    )

),

days as (

    select
        explode(sequence(
            trunc(first_day, 'YEAR'),
            date_sub(add_months(trunc(last_day, 'YEAR'), 12), 1),
            interval 1 day
        )) as date_day
    from bounds
    where first_day is not null

),

final as (

    select
        date_day,
        year(date_day) as year,
        quarter(date_day) as quarter,
        month(date_day) as month,
        weekofyear(date_day) as iso_week,
        {{ season('date_day') }} as season,
        weekday(date_day) >= 5 as is_weekend
    from days

)

select * from final
