-- Effects that must follow a finished row: stored with its result, carried out afterwards, then deleted.

CREATE TABLE IF NOT EXISTS outbox (
  token CHAR(32) CHARACTER SET ascii NOT NULL,
  row_id VARCHAR(64) CHARACTER SET ascii NOT NULL,
  source VARCHAR(64) CHARACTER SET ascii NOT NULL,
  effects LONGTEXT NOT NULL,
  due_at DATETIME(6) NOT NULL,
  PRIMARY KEY (token, row_id),
  KEY outbox_due (source, due_at)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;
