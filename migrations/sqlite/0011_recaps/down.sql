DROP TABLE recaps;
