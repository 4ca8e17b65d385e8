-- One row per bronze table and batch (a file): rows that arrived, were rescued, or were duplicates.
with

loads as (

    select
        *,
        row_number() over (
            partition by table_name, batch_id
            order by loaded_at desc, status asc
        ) as recency
    from {{ ref('stg_bronze__loads') }}
    where shop_id in (select shops.shop_id from {{ ref('dim_shops') }} as shops)

),

staged as (

    {{ staged_row_counts() }}

),

final as (

    select
        -- ids
        loads.shop_id,
        loads.table_name,
        loads.batch_id,

        -- strings
        loads.source_file,
        loads.status,
        loads.rejected_reason,

        -- numerics
        loads.row_count,
        loads.rescued_count,
        if(loads.status = 'loaded', loads.row_count - loads.rescued_count - coalesce(staged.staged_count, 0), 0)
            as duplicate_count,
        {{ ratio('loads.rescued_count', 'loads.row_count') }} as rescued_rate,

        -- timestamps
        loads.loaded_at
    from loads
    left join staged
        on
            loads.table_name = staged.table_name
            and loads.batch_id = staged.batch_id
    where loads.recency = 1

)

select * from final
