DROP TABLE perspectives;
DROP TABLE characters;
