-- One row per stock code of online_retail, whatever its letter case. The most frequent description
-- of its sales names it; of equally frequent ones, the first in the alphabet.
with

lines as (

    select * from {{ ref('stg_online_retail__lines') }}

),

descriptions as (

    select
        product_id,
        description,
        row_number() over (
            partition by product_id
            order by
                description is null,
                count_if(line_type = 'sale') desc,
                if(count_if(line_type = 'sale') = 0, count(*), 0) desc,
                description
        ) as description_rank
    from lines
    group by product_id, description

),

final as (

    select
        'online_retail' as shop_id,
        {{ not_recorded('products', except=['product_name']) }}
        product_id,
        description as product_name
    from descriptions
    where description_rank = 1

)

select * from final
