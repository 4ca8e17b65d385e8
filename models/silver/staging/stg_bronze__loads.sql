-- One row per file that was loaded, or rejected with a reason: the ledger of ingestion.
with

loads as (

    select * from {{ source('bronze', 'loads') }}

)

select * from loads
