-- One row per known customer of online_retail. Some have two countries: that of the latest invoice counts.
with

lines as (

    select * from {{ ref('stg_online_retail__lines') }}

),

final as (

    select
        'online_retail' as shop_id,
        {{ not_recorded('customers', except=['country']) }}
        customer_id,
        -- the latest invoice counts; ids break ties
        max_by(country, struct(invoice_at, invoice_id, country)) as country
    from lines
    where customer_id is not null
    group by customer_id

)

select * from final
