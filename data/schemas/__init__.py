"""The contract's models: what goes in and out as JSON, frozen and typed. OpenAPI is made from them."""
