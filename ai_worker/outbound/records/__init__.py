"""The request log and the ledger in the store of the pipeline that asks.

Entry: `mysql_records()` or `mongo_records(database)`, both `Records`; `request_log()` writes in the
    background. Knows nothing of limits or HTTP.
"""
