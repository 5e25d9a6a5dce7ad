DROP INDEX discussions_archived;
