-- Paused groups of pipelines that keep no pause in a table of their own.

CREATE TABLE IF NOT EXISTS pipeline_pause (
  pipeline VARCHAR(64) CHARACTER SET ascii NOT NULL,
  group_name VARCHAR(190) NOT NULL,
  reason VARCHAR(255) NOT NULL,
  paused_at DATETIME(6) NOT NULL,
  PRIMARY KEY (pipeline, group_name)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;
