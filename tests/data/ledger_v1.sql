BEGIN TRANSACTION;
CREATE TABLE records (
	number INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	month VARCHAR(7) NOT NULL, 
	village_code VARCHAR(12) NOT NULL, 
	recorded_on VARCHAR(10) NOT NULL, 
	revision INTEGER NOT NULL, 
	inputs VARCHAR(64) NOT NULL, 
	body TEXT NOT NULL, 
	previous VARCHAR(64) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	PRIMARY KEY (number), 
	UNIQUE (digest)
);
INSERT INTO "records" VALUES(1,'verdict','2024-03','441302001201','2024-04-01',1,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','{"basis": "register", "evidence_on": "2024-03-25", "reason": "reason_no_plots", "word": "lagging"}','0000000000000000000000000000000000000000000000000000000000000000','a5b3b6cf155af4a40f53a188f458dfde2a0c9d3ba65fbfeeef8429b42efddd49');
INSERT INTO "records" VALUES(2,'verdict','2024-03','441302001202','2024-04-01',1,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','{"basis": "canopy", "evidence_on": "2024-03-25", "word": "on_track"}','a5b3b6cf155af4a40f53a188f458dfde2a0c9d3ba65fbfeeef8429b42efddd49','6058d4ee06a716bd28d57518dfa02df7ae721f4ff251cc03c465abbf9eacf91b');
INSERT INTO "records" VALUES(3,'reply','2024-03','441302001201','2024-04-03',1,'','{"files": [], "text": "已补种"}','6058d4ee06a716bd28d57518dfa02df7ae721f4ff251cc03c465abbf9eacf91b','dcb717d757726262e2592d707d8d30adab897a52e2f7e343b327583ac2afafb5');
INSERT INTO "records" VALUES(4,'decision','2024-03','441302001201','2024-04-05',1,'','{"decision": "upheld", "evidence": "", "reason": "仍不足", "reviewer": "李某"}','dcb717d757726262e2592d707d8d30adab897a52e2f7e343b327583ac2afafb5','e28cc9c4446f96f1671de7536d9d270a37f19616f67b4ba61a806f16ae17f431');
COMMIT;
