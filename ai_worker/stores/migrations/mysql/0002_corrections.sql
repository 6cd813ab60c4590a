-- Correction tasks and their items. No foreign keys: the tables may be another program's, with id types of its own.

CREATE TABLE IF NOT EXISTS task (
  id_task BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  id_ai_model INT UNSIGNED NOT NULL,
  description TEXT NULL,
  status_id TINYINT UNSIGNED NOT NULL DEFAULT 0,
  records_processed INT UNSIGNED NOT NULL DEFAULT 0,
  finished_at DATETIME(6) NULL,
  PRIMARY KEY (id_task)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

ALTER TABLE task ADD COLUMN kind VARCHAR(16) CHARACTER SET utf8mb4 NOT NULL DEFAULT 'correction';
ALTER TABLE task ADD COLUMN source_language VARCHAR(35) CHARACTER SET utf8mb4 NULL;
ALTER TABLE task ADD COLUMN target_language VARCHAR(35) CHARACTER SET utf8mb4 NULL;
ALTER TABLE task ADD COLUMN glossary MEDIUMTEXT CHARACTER SET utf8mb4 NULL;
ALTER TABLE task ADD COLUMN answer_schema MEDIUMTEXT CHARACTER SET utf8mb4 NULL;
ALTER TABLE task ADD COLUMN paused_at DATETIME(6) NULL;
ALTER TABLE task ADD COLUMN pause_reason VARCHAR(190) CHARACTER SET utf8mb4 NULL;
ALTER TABLE task ADD COLUMN records_total INT UNSIGNED NULL;
ALTER TABLE task ADD COLUMN records_failed INT UNSIGNED NOT NULL DEFAULT 0;
ALTER TABLE task ADD COLUMN budget DECIMAL(18,8) NULL;
ALTER TABLE task ADD COLUMN error TEXT CHARACTER SET utf8mb4 NULL;
ALTER TABLE task ADD COLUMN operation_uuid CHAR(36) CHARACTER SET utf8mb4 NULL;
ALTER TABLE task ADD COLUMN source_connection VARCHAR(64) CHARACTER SET utf8mb4 NULL;
ALTER TABLE task ADD COLUMN source_table VARCHAR(190) CHARACTER SET utf8mb4 NULL;
ALTER TABLE task ADD COLUMN source_pk VARCHAR(64) CHARACTER SET utf8mb4 NULL;
ALTER TABLE task ADD COLUMN source_column VARCHAR(64) CHARACTER SET utf8mb4 NULL;
ALTER TABLE task ADD COLUMN created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6);
ALTER TABLE task ADD COLUMN started_at DATETIME(6) NULL;
-- The oldest active task.
ALTER TABLE task ADD INDEX task_status (status_id, id_task);

CREATE TABLE IF NOT EXISTS task_item (
  id_task_item BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  id_task BIGINT UNSIGNED NOT NULL,
  text_original MEDIUMTEXT NULL,
  text_corrected MEDIUMTEXT NULL,
  change_summary TEXT NULL,
  tokens_input INT UNSIGNED NULL,
  tokens_output INT UNSIGNED NULL,
  status_id TINYINT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (id_task_item)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

ALTER TABLE task_item ADD COLUMN result_data LONGTEXT CHARACTER SET utf8mb4 NULL;
ALTER TABLE task_item ADD COLUMN cost DECIMAL(14,8) NULL;
ALTER TABLE task_item ADD COLUMN source_id VARCHAR(190) CHARACTER SET utf8mb4 NULL;
ALTER TABLE task_item ADD COLUMN prompt_version VARCHAR(64) CHARACTER SET utf8mb4 NULL;
ALTER TABLE task_item ADD COLUMN model_name VARCHAR(190) CHARACTER SET utf8mb4 NULL;
ALTER TABLE task_item ADD COLUMN operation_uuid CHAR(36) CHARACTER SET utf8mb4 NULL;
ALTER TABLE task_item ADD COLUMN error_class VARCHAR(32) CHARACTER SET utf8mb4 NULL;
ALTER TABLE task_item ADD COLUMN error TEXT CHARACTER SET utf8mb4 NULL;
ALTER TABLE task_item ADD COLUMN reviewed_by VARCHAR(190) CHARACTER SET utf8mb4 NULL;
ALTER TABLE task_item ADD COLUMN reviewed_at DATETIME(6) NULL;
ALTER TABLE task_item ADD COLUMN exported_at DATETIME(6) NULL;
ALTER TABLE task_item ADD COLUMN created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6);
ALTER TABLE task_item ADD COLUMN processed_at DATETIME(6) NULL;
ALTER TABLE task_item ADD COLUMN due_at DATETIME(6) NULL;
ALTER TABLE task_item ADD COLUMN lease_token CHAR(32) CHARACTER SET ascii NULL;
ALTER TABLE task_item ADD COLUMN attempts SMALLINT UNSIGNED NOT NULL DEFAULT 0;
ALTER TABLE task_item ADD COLUMN lost SMALLINT UNSIGNED NOT NULL DEFAULT 0;
ALTER TABLE task_item ADD COLUMN first_attempt_at DATETIME(6) NULL;
-- Which tasks have open items (a loose scan), and the due items of one task in the order they came due.
ALTER TABLE task_item ADD INDEX task_item_due (status_id, id_task, due_at, id_task_item);
-- Whether a task has an open item left, its counts by status, and its listings.
ALTER TABLE task_item ADD INDEX task_item_listing (id_task, status_id, id_task_item);
-- What is in flight of a task.
ALTER TABLE task_item ADD INDEX task_item_flight (id_task, lease_token);

CREATE TABLE IF NOT EXISTS task_status (
  id TINYINT UNSIGNED NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

ALTER TABLE task_status ADD COLUMN code VARCHAR(32) CHARACTER SET utf8mb4 NOT NULL DEFAULT '';
ALTER TABLE task_status ADD COLUMN name_en VARCHAR(64) CHARACTER SET utf8mb4 NOT NULL DEFAULT '';
ALTER TABLE task_status ADD COLUMN name_pl VARCHAR(64) CHARACTER SET utf8mb4 NOT NULL DEFAULT '';
ALTER TABLE task_status ADD COLUMN description VARCHAR(255) CHARACTER SET utf8mb4 NOT NULL DEFAULT '';

INSERT IGNORE INTO task_status (id, code, name_en, name_pl, description) VALUES
  (0, 'NEW', 'New', 'Nowe', 'Nobody has started it yet.'),
  (1, 'IN_PROGRESS', 'In progress', 'W toku', 'Items of it are open; while paused_at is set none is started.'),
  (2, 'COMPLETED', 'Completed', 'Zakończone', 'No item is open. Items that failed for good are counted in records_failed and named in error.'),
  (3, 'ERROR', 'Error', 'Błąd', 'Nothing of it could be done; error says why.'),
  (4, 'CANCELLED', 'Cancelled', 'Anulowane', 'A person stopped it; its open items were cancelled.')
-- A row of the panel's keeps what it says; only what is empty is filled in.
ON DUPLICATE KEY UPDATE code = IF(code = '', VALUES(code), code), name_en = IF(name_en = '', VALUES(name_en), name_en),
  name_pl = IF(name_pl = '', VALUES(name_pl), name_pl), description = IF(description = '', VALUES(description), description);

CREATE TABLE IF NOT EXISTS task_item_status (
  id TINYINT UNSIGNED NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

ALTER TABLE task_item_status ADD COLUMN code VARCHAR(32) CHARACTER SET utf8mb4 NOT NULL DEFAULT '';
ALTER TABLE task_item_status ADD COLUMN name_en VARCHAR(64) CHARACTER SET utf8mb4 NOT NULL DEFAULT '';
ALTER TABLE task_item_status ADD COLUMN name_pl VARCHAR(64) CHARACTER SET utf8mb4 NOT NULL DEFAULT '';
ALTER TABLE task_item_status ADD COLUMN description VARCHAR(255) CHARACTER SET utf8mb4 NOT NULL DEFAULT '';

INSERT IGNORE INTO task_item_status (id, code, name_en, name_pl, description) VALUES
  (0, 'PENDING', 'Pending', 'Oczekuje', 'To be done: at once where due_at is empty or past, else then.'),
  (1, 'PROCESSED', 'Processed', 'Przetworzone', 'The answer is in text_corrected (analysis: result_data) and waits for a person.'),
  (2, 'PROCESSING', 'Processing', 'W trakcie', 'A worker holds it until due_at under lease_token.'),
  (3, 'ERROR', 'Error', 'Błąd', 'Given up; error_class and error say why. Set back to 0 to try again.'),
  (4, 'ACCEPTED', 'Accepted', 'Zatwierdzone', 'A person accepted the answer, whole or in part; it may be exported.'),
  (5, 'REJECTED', 'Rejected', 'Odrzucone', 'A person rejected the answer; it is never exported.'),
  (6, 'EXPORTED', 'Exported', 'Wyeksportowane', 'The accepted text is in the source database since exported_at.'),
  (7, 'CANCELLED', 'Cancelled', 'Anulowane', 'Its task was cancelled before it was done.'),
  (8, 'REDACTION_MISMATCH', 'Redaction mismatch', 'Niezgodność danych osobowych', 'The answer lost or changed a placeholder of personal data; no text was taken over.'),
  (9, 'CONFLICT', 'Conflict', 'Konflikt', 'The source changed after the text was read, so the accepted text was not exported.')
-- A row of the panel's keeps what it says; only what is empty is filled in.
ON DUPLICATE KEY UPDATE code = IF(code = '', VALUES(code), code), name_en = IF(name_en = '', VALUES(name_en), name_en),
  name_pl = IF(name_pl = '', VALUES(name_pl), name_pl), description = IF(description = '', VALUES(description), description);
