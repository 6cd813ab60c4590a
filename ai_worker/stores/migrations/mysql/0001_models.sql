-- The models, what was asked of them, and what it cost.
-- How these files are read: see ai_worker/stores/migrate.py. A table made by other software needs the columns of its
-- CREATE TABLE here; everything below that is added to it.

CREATE TABLE IF NOT EXISTS ai_model (
  id_ai_model INT UNSIGNED NOT NULL AUTO_INCREMENT,
  api_key_encrypted VARBINARY(512) NULL,
  PRIMARY KEY (id_ai_model)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

ALTER TABLE ai_model ADD COLUMN name VARCHAR(190) CHARACTER SET utf8mb4 NOT NULL DEFAULT '';
ALTER TABLE ai_model ADD COLUMN provider VARCHAR(32) CHARACTER SET utf8mb4 NOT NULL DEFAULT 'gemini';
ALTER TABLE ai_model ADD COLUMN model_name VARCHAR(190) CHARACTER SET utf8mb4 NOT NULL DEFAULT 'gemini-2.5-pro';
ALTER TABLE ai_model ADD COLUMN api_key_iv VARBINARY(16) NULL;
ALTER TABLE ai_model ADD COLUMN requests_per_minute INT UNSIGNED NULL;
ALTER TABLE ai_model ADD COLUMN tokens_per_minute INT UNSIGNED NULL;
ALTER TABLE ai_model ADD COLUMN in_flight INT UNSIGNED NULL;
ALTER TABLE ai_model ADD COLUMN price_input DECIMAL(12,6) NULL;
ALTER TABLE ai_model ADD COLUMN price_output DECIMAL(12,6) NULL;
ALTER TABLE ai_model ADD COLUMN price_cached DECIMAL(12,6) NULL;
ALTER TABLE ai_model ADD COLUMN max_input_tokens INT UNSIGNED NULL;
ALTER TABLE ai_model ADD COLUMN deadline_seconds INT UNSIGNED NULL;
ALTER TABLE ai_model ADD COLUMN is_active TINYINT NOT NULL DEFAULT 1;
ALTER TABLE ai_model ADD COLUMN created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6);

CREATE TABLE IF NOT EXISTS api_requests_history (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  request_id CHAR(36) NOT NULL,
  operation_uuid CHAR(36) NULL,
  pipeline VARCHAR(32) NOT NULL,
  task VARCHAR(190) NULL,
  row_id VARCHAR(64) NULL,
  model VARCHAR(190) NOT NULL,
  provider VARCHAR(32) NOT NULL,
  prompt_digest CHAR(64) NULL,
  prompt_text MEDIUMTEXT NULL,
  tokens_input INT UNSIGNED NULL,
  tokens_output INT UNSIGNED NULL,
  tokens_cached INT UNSIGNED NULL,
  cost DECIMAL(14,8) NULL,
  latency_ms INT UNSIGNED NULL,
  attempt SMALLINT UNSIGNED NOT NULL DEFAULT 1,
  outcome VARCHAR(32) NOT NULL,
  error_class VARCHAR(32) NULL,
  created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

ALTER TABLE api_requests_history ADD INDEX api_requests_history_row (pipeline, row_id);
ALTER TABLE api_requests_history ADD INDEX api_requests_history_operation (operation_uuid);
ALTER TABLE api_requests_history ADD INDEX api_requests_history_created (created_at);

CREATE TABLE IF NOT EXISTS budget_ledger (
  scope VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  spent DECIMAL(18,8) NOT NULL DEFAULT 0,
  reserved DECIMAL(18,8) NOT NULL DEFAULT 0,
  limit_amount DECIMAL(18,8) NULL,
  updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (scope)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;
