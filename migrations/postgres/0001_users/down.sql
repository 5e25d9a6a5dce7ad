DROP TABLE heartbeats;
DROP TABLE secrets;
DROP TABLE idempotency_keys;
DROP TABLE logins;
DROP TABLE users;
