-- One row per shop and event of its web site or clickstream: what was viewed, carted and bought.
{{ union_shops('events') }}
