"""Bytes in, verified values out: JWS, SD-JWT, HTTP message signatures, keys."""
