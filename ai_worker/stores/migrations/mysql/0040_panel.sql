-- Who did what in the panel, and what a reviewer's decision has changed, so that it can be undone until it is exported.

CREATE TABLE IF NOT EXISTS panel_audit (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  who VARCHAR(190) NOT NULL,
  action VARCHAR(64) NOT NULL,
  subject VARCHAR(190) NOT NULL,
  detail VARCHAR(500) NOT NULL DEFAULT '',
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

-- One decision, about one item (`before_state` holds what it was) or about the accepted items of a task between two ids
-- (they carry `who` and `decided_at`).
CREATE TABLE IF NOT EXISTS review_decision (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  who VARCHAR(190) NOT NULL,
  decided_at DATETIME(6) NOT NULL,
  verdict VARCHAR(16) NOT NULL,
  id_task BIGINT UNSIGNED NOT NULL,
  id_task_item BIGINT UNSIGNED NULL,
  first_item BIGINT UNSIGNED NULL,
  last_item BIGINT UNSIGNED NULL,
  items INT UNSIGNED NOT NULL DEFAULT 1,
  reason VARCHAR(500) NULL,
  before_state MEDIUMTEXT NULL,
  undone_at DATETIME(6) NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

-- The latest decision of a reviewer that can be undone.
ALTER TABLE review_decision ADD INDEX review_decision_who (who, id);
-- What was decided of an item.
ALTER TABLE review_decision ADD INDEX review_decision_item (id_task_item, id);
