-- Whole years, each day of them: dates without a gap from a first of January to a last of December.
select
    min(date_day) as first_day,
    max(date_day) as last_day,
    count(*) as day_count
from {{ ref('dim_dates') }}
having
    count(*) > 0
    and (
        count(*) <> datediff(max(date_day), min(date_day)) + 1
        or dayofyear(min(date_day)) <> 1
        or dayofyear(date_add(max(date_day), 1)) <> 1
    )
