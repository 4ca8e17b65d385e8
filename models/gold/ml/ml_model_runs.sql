-- One row per model and shop: its last training, and what serves since.
with

runs as (

    select * from {{ source('ml', 'model_runs') }}

),

ranked as (

    select
        *,
        row_number() over (partition by model, shop_id order by trained_at desc, run_id desc) as training_rank
    from runs

),

final as (

    select
        -- ids
        shop_id,
        model,
        run_id,

        -- the decision
        serves,
        reason,
        metric,
        baseline,
        margin,
        model_score,
        baseline_score,
        gain,
        gain_lower,
        gain_upper,
        test_unit_count,

        -- how it came about
        chosen,
        limits,
        feature_versions,
        code_version,
        seconds,

        -- timestamps
        trained_at
    from ranked
    where training_rank = 1

)

select * from final
