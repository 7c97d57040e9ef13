"""A shop of 10,000 customers: what a request costs, from a call of the API to package or certificate."""
