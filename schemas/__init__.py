"""The wire format as marshmallow schemas."""
