-- Texts over a model's limit are asked about in parts; what has been answered is kept until the item is done.

ALTER TABLE ai_model ADD COLUMN max_output_tokens INT UNSIGNED NULL;

CREATE TABLE IF NOT EXISTS task_item_part (
  id_task_item BIGINT UNSIGNED NOT NULL,
  digest CHAR(64) CHARACTER SET ascii NOT NULL,
  answer MEDIUMTEXT NOT NULL,
  tokens_input INT UNSIGNED NOT NULL,
  tokens_output INT UNSIGNED NOT NULL,
  cost DECIMAL(14,8) NULL,
  created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id_task_item, digest)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;
