-- A log as the program that knew schema 2 wrote it.
PRAGMA application_id = 1752331129;
PRAGMA user_version = 2;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE meta
     (id TEXT NOT NULL, cluster TEXT NOT NULL, origin TEXT NOT NULL, incarnation INTEGER NOT NULL,
      sum INTEGER NOT NULL) STRICT;
INSERT INTO meta VALUES('n1','books','n1.loyw3v28',1700000000000,3142335721);
CREATE TABLE origins (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
INSERT INTO origins VALUES(1,'n1.lol1s0w0');
INSERT INTO origins VALUES(2,'n2.lol1s0w9');
CREATE TABLE entries
     (place INTEGER PRIMARY KEY, origin INTEGER NOT NULL, seq INTEGER NOT NULL, count INTEGER,
      value TEXT NOT NULL, sum INTEGER NOT NULL) STRICT;
INSERT INTO entries VALUES(1,1,1,4,'[1,-2.5,"two",{"b":[3,{"a":null}],"a,b":"],["}]',383451600);
INSERT INTO entries VALUES(2,2,1,3,'["","\u0000\ud800é𝄞 ","''; DROP TABLE entries"]',1391180279);
INSERT INTO entries VALUES(3,1,5,NULL,'[[1,2]]',2475133799);
INSERT INTO entries VALUES(4,2,7,2,'[[],true]',1005914480);
INSERT INTO entries VALUES(5,2,4,NULL,'"between"',1044615340);
COMMIT;
