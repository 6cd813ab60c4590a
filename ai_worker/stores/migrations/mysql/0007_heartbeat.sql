-- The table of heartbeats under its own name. Its rows are written anew every few seconds, so none is carried over.

CREATE TABLE IF NOT EXISTS heartbeat (
  queue VARCHAR(64) CHARACTER SET ascii NOT NULL,
  released_at DATETIME(6) NOT NULL,
  asked_at DATETIME(6) NOT NULL,
  answered_at DATETIME(6) NULL,
  PRIMARY KEY (queue)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

DROP TABLE IF EXISTS canary;
