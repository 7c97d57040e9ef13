CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    email_confirmed_at TEXT,
    name TEXT NOT NULL,
    phone TEXT,
    phone_confirmed_at TEXT,
    newsletter INTEGER NOT NULL DEFAULT 0,
    settings TEXT NOT NULL,
    created_at TEXT NOT NULL
);
CREATE INDEX customers_phone ON customers (phone);

CREATE TABLE addresses (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers,
    recipient TEXT NOT NULL,
    street TEXT NOT NULL,
    postcode TEXT NOT NULL,
    city TEXT NOT NULL,
    country TEXT NOT NULL
);
CREATE INDEX addresses_customer ON addresses (customer_id);

CREATE TABLE products (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    price_cents INTEGER NOT NULL
);

CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers,
    address_id INTEGER REFERENCES addresses,
    state TEXT NOT NULL CHECK (state IN ('new', 'paid', 'sent', 'returned')),
    gift_note TEXT,
    ip TEXT,
    ordered_at TEXT NOT NULL
);
CREATE INDEX orders_customer ON orders (customer_id);
CREATE INDEX orders_address ON orders (address_id);

CREATE TABLE order_items (
    order_id INTEGER NOT NULL REFERENCES orders,
    line INTEGER NOT NULL,
    product_id INTEGER NOT NULL REFERENCES products,
    quantity INTEGER NOT NULL,
    engraving TEXT,
    PRIMARY KEY (order_id, line)
);
CREATE INDEX order_items_product ON order_items (product_id);

CREATE TABLE invoices (
    number TEXT PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers,
    order_id INTEGER REFERENCES orders,
    billing_name TEXT NOT NULL,
    billing_address TEXT NOT NULL,
    total_cents INTEGER NOT NULL,
    note TEXT,
    issued_on TEXT NOT NULL
);
CREATE INDEX invoices_customer ON invoices (customer_id);
CREATE INDEX invoices_order ON invoices (order_id);

CREATE TABLE carts (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers,
    contents TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
CREATE INDEX carts_customer ON carts (customer_id);

CREATE TABLE reviews (
    id INTEGER PRIMARY KEY,
    product_id INTEGER NOT NULL REFERENCES products,
    customer_id INTEGER NOT NULL REFERENCES customers,
    author_name TEXT,
    stars INTEGER NOT NULL,
    body TEXT NOT NULL,
    written_at TEXT NOT NULL
);
CREATE INDEX reviews_product ON reviews (product_id);
CREATE INDEX reviews_customer ON reviews (customer_id);

CREATE TABLE coupons (
    code TEXT PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers,
    percent INTEGER NOT NULL,
    redeemed_on TEXT
);
CREATE INDEX coupons_customer ON coupons (customer_id);
