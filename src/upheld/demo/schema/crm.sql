CREATE TABLE contacts (
    id INTEGER PRIMARY KEY,
    email VARCHAR(120) NOT NULL UNIQUE,
    email_confirmed_on DATE,
    name VARCHAR(80) NOT NULL,
    phone VARCHAR(40),
    street VARCHAR(120),
    city VARCHAR(80),
    language CHAR(2) NOT NULL,
    created_on DATE NOT NULL
);
CREATE INDEX contacts_phone ON contacts (phone);

CREATE TABLE donations (
    id INTEGER PRIMARY KEY,
    contact_id INTEGER,
    donor_name VARCHAR(80) NOT NULL,
    amount_cents INTEGER NOT NULL,
    campaign VARCHAR(60) NOT NULL,
    message VARCHAR(400),
    received_on DATE NOT NULL,
    FOREIGN KEY (contact_id) REFERENCES contacts (id)
);
CREATE INDEX donations_contact ON donations (contact_id);

CREATE TABLE notes (
    id INTEGER PRIMARY KEY,
    contact_id INTEGER NOT NULL,
    written_by VARCHAR(40) NOT NULL,
    body TEXT NOT NULL,
    written_on DATE NOT NULL,
    FOREIGN KEY (contact_id) REFERENCES contacts (id)
);
CREATE INDEX notes_contact ON notes (contact_id);

CREATE TABLE tags (
    id INTEGER PRIMARY KEY,
    title VARCHAR(40) NOT NULL
);

CREATE TABLE contact_tags (
    contact_id INTEGER NOT NULL,
    tag_id INTEGER NOT NULL,
    PRIMARY KEY (contact_id, tag_id),
    FOREIGN KEY (contact_id) REFERENCES contacts (id),
    FOREIGN KEY (tag_id) REFERENCES tags (id)
);
CREATE INDEX contact_tags_tag ON contact_tags (tag_id);

CREATE TABLE interactions (
    id INTEGER PRIMARY KEY,
    contact_id INTEGER,
    channel VARCHAR(20) NOT NULL,
    summary VARCHAR(400),
    took_place_on DATE NOT NULL,
    FOREIGN KEY (contact_id) REFERENCES contacts (id)
);
CREATE INDEX interactions_contact ON interactions (contact_id);
