DROP INDEX participants_character;
