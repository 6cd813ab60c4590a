"""The platform's gRPC services: their messages, where they answer, and the binding that calls them.

The entry is `client.GrpcPlatform`. It needs the optional packages grpcio and protobuf.
It knows the wire and `port.py`, nothing else of worlds.
"""
