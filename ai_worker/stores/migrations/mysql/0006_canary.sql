-- One row for each queue, answered again and again: whether its workers are not only connected but also hear.

CREATE TABLE IF NOT EXISTS canary (
  queue VARCHAR(64) CHARACTER SET ascii NOT NULL,
  released_at DATETIME(6) NOT NULL,
  asked_at DATETIME(6) NOT NULL,
  answered_at DATETIME(6) NULL,
  PRIMARY KEY (queue)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;
