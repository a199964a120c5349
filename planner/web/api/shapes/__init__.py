"""What goes in and out of the API, as models: they check requests, and the OpenAPI document is made from them."""
