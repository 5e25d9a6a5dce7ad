DROP TABLE closed_users;
DROP TABLE admin_actions;
DROP TABLE api_tokens;
DROP TABLE links;
DROP TABLE identities;
ALTER TABLE users DROP COLUMN role;
