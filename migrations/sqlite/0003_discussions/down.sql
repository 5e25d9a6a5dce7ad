DROP TABLE shares;
DROP TABLE summaries;
DROP TABLE commands;
DROP TABLE message_versions;
DROP TABLE messages;
DROP TABLE participants;
DROP TABLE discussions;
