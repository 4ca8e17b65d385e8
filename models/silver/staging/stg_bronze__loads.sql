-- One row per file that was loaded, withdrawn, or rejected with a reason: the ledger of ingestion.
with

loads as (

    select * from {{ source('bronze', 'loads') }}

),

final as (

    select
        shop_id,
        table_name,
        batch_id,
        source_file,
        size_bytes,
        sha256,
        row_count,
        rescued_count,
        status,
        rejected_reason,
        table_version,
        name_order,
        loaded_at,
        as_of
    from loads

)

select * from final
