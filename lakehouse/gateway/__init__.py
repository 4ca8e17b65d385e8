"""The gateway: a Spark Thrift server for BI tools, which reads the current release and no more.

`spark/` has the part that runs inside Spark: what is refused, what a name means, what a result may
weigh, what is written down. `compiled` makes a jar of it, with the Scala compiler that Spark has.
`access` says who may come in, `server` starts it and follows the releases, `client` asks it.
"""
