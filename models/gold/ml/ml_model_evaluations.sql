-- One row per model, shop, candidate, part and metric of the last training.
with

runs as (

    select * from {{ ref('ml_model_runs') }}

),

evaluations as (

    select * from {{ source('ml', 'model_evaluations') }}

),

final as (

    select
        -- ids
        evaluations.shop_id,
        evaluations.model,
        evaluations.candidate,
        evaluations.part,
        evaluations.metric,

        -- numerics
        evaluations.value,
        evaluations.lower,
        evaluations.upper,
        evaluations.unit_count
    from evaluations
    inner join runs
        on
            evaluations.shop_id = runs.shop_id
            and evaluations.model = runs.model
            and evaluations.run_id = runs.run_id

)

select * from final
