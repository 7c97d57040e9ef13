-- A small shop: 10,000 customers with an address each, 100,000 orders, 300,000 items.
CREATE TABLE addresses (
  id        integer PRIMARY KEY,
  street    text NOT NULL,
  house     text,
  city      text,
  zip       text,
  country   char(2)
);
CREATE TABLE customers (
  id          integer PRIMARY KEY,
  email       text NOT NULL UNIQUE,
  full_name   text,
  phone       text,
  address_id  integer REFERENCES addresses(id),
  created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE orders (
  id                  integer PRIMARY KEY,
  customer_id         integer NOT NULL REFERENCES customers(id),
  shipping_address_id integer REFERENCES addresses(id),
  placed_at           timestamptz NOT NULL,
  total_cents         integer NOT NULL,
  ship_to_name        text,
  note                text
);
CREATE TABLE order_items (
  id          integer PRIMARY KEY,
  order_id    integer NOT NULL REFERENCES orders(id),
  sku         text NOT NULL,
  qty         integer NOT NULL,
  price_cents integer NOT NULL,
  gift_message text
);
CREATE INDEX ON customers(address_id);
CREATE INDEX ON orders(customer_id);
CREATE INDEX ON orders(shipping_address_id);
CREATE INDEX ON order_items(order_id);
