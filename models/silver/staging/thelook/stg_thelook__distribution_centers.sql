-- One row per distribution centre, as last exported.
with

distinct_distribution_centers as (

    {{ distinct_rows(source('thelook', 'thelook__distribution_centers'), [
        'distribution_center_id', 'distribution_center_name', 'latitude', 'longitude',
        'geom'
    ]) }}

),

distribution_centers as (

    {{ newest_rows('distinct_distribution_centers', 'distribution_center_id') }}

),

final as (

    select
        -- ids
        distribution_center_id,

        -- strings
        {{ clean_text('distribution_center_name') }} as distribution_center_name,

        -- numerics
        latitude,
        longitude,

        _batch_id
    from distribution_centers

)

select * from final
