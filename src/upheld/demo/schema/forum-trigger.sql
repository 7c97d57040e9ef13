CREATE TRIGGER posts_keep_revision BEFORE UPDATE OF body ON posts
    FOR EACH ROW WHEN (old.body IS DISTINCT FROM new.body) EXECUTE FUNCTION keep_revision();
SELECT setval(pg_get_serial_sequence('post_revisions', 'id'), (SELECT max(id) FROM post_revisions));
ANALYZE;
