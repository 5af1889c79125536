"""ClickHouse's HTTP protocol in front of the chDB engine, for clients that expect a server.

Every request has a session of its own: what it sets is gone with it. `session_id` is accepted
and gives no lasting session, so temporary tables and `SET` do not outlive a request.
"""
