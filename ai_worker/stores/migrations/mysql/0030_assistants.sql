-- The registry of assistants, its versions, and the conversations. No foreign keys: history outlives an assistant, and what is in use
-- is checked where it is deleted, so that the answer can name its users.

CREATE TABLE IF NOT EXISTS assistants (
  id CHAR(36) CHARACTER SET ascii NOT NULL,
  name VARCHAR(255) NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

ALTER TABLE assistants ADD COLUMN is_secretary TINYINT(1) NOT NULL DEFAULT 0;
ALTER TABLE assistants ADD COLUMN model VARCHAR(255) CHARACTER SET utf8mb4 NOT NULL DEFAULT '';
ALTER TABLE assistants ADD COLUMN instructions MEDIUMTEXT CHARACTER SET utf8mb4 NULL;
ALTER TABLE assistants ADD COLUMN assistant_type VARCHAR(50) CHARACTER SET ascii NOT NULL DEFAULT 'llm';
ALTER TABLE assistants ADD COLUMN openai_assistant_id VARCHAR(255) CHARACTER SET utf8mb4 NULL;
ALTER TABLE assistants ADD COLUMN is_active TINYINT(1) NOT NULL DEFAULT 1;
ALTER TABLE assistants ADD COLUMN created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6);
ALTER TABLE assistants ADD COLUMN updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6);
-- Listings in the order of creation.
ALTER TABLE assistants ADD INDEX assistants_created (created_at, id);

CREATE TABLE IF NOT EXISTS tools (
  id CHAR(36) CHARACTER SET ascii NOT NULL,
  name VARCHAR(255) NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

ALTER TABLE tools ADD COLUMN tool_type VARCHAR(50) CHARACTER SET ascii NOT NULL DEFAULT 'time';
ALTER TABLE tools ADD COLUMN description TEXT CHARACTER SET utf8mb4 NULL;
ALTER TABLE tools ADD COLUMN input_schema MEDIUMTEXT CHARACTER SET utf8mb4 NULL;
ALTER TABLE tools ADD COLUMN assistant_id CHAR(36) CHARACTER SET ascii NULL;
ALTER TABLE tools ADD COLUMN settings MEDIUMTEXT CHARACTER SET utf8mb4 NULL;
ALTER TABLE tools ADD COLUMN is_active TINYINT(1) NOT NULL DEFAULT 1;
ALTER TABLE tools ADD COLUMN created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6);
ALTER TABLE tools ADD COLUMN updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6);
ALTER TABLE tools ADD INDEX tools_created (created_at, id);
ALTER TABLE tools ADD INDEX tools_assistant (assistant_id);

CREATE TABLE IF NOT EXISTS assistant_tool_link (
  id CHAR(36) CHARACTER SET ascii NOT NULL,
  assistant_id CHAR(36) CHARACTER SET ascii NOT NULL,
  tool_id CHAR(36) CHARACTER SET ascii NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

ALTER TABLE assistant_tool_link ADD COLUMN sub_assistant_id CHAR(36) CHARACTER SET ascii NULL;
ALTER TABLE assistant_tool_link ADD COLUMN is_active TINYINT(1) NOT NULL DEFAULT 1;
ALTER TABLE assistant_tool_link ADD COLUMN created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6);
ALTER TABLE assistant_tool_link ADD COLUMN updated_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6);
-- An unlinked pair keeps its row with is_active 0; linking it again sets that to 1.
ALTER TABLE assistant_tool_link ADD UNIQUE INDEX assistant_tool_link_pair (assistant_id, tool_id);
ALTER TABLE assistant_tool_link ADD INDEX assistant_tool_link_tool (tool_id);
ALTER TABLE assistant_tool_link ADD INDEX assistant_tool_link_sub (sub_assistant_id);

-- Version n of the whole configuration; rows are never updated.
CREATE TABLE IF NOT EXISTS assistant_config_version (
  version BIGINT UNSIGNED NOT NULL,
  digest CHAR(64) CHARACTER SET ascii NOT NULL,
  snapshot LONGTEXT NOT NULL,
  changes MEDIUMTEXT NOT NULL,
  note VARCHAR(500) NOT NULL DEFAULT '',
  created_by VARCHAR(190) NOT NULL,
  created_at DATETIME(6) NOT NULL,
  PRIMARY KEY (version)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

-- One row: the version in force. Whoever changes the configuration locks it first.
CREATE TABLE IF NOT EXISTS assistant_config (
  id TINYINT UNSIGNED NOT NULL,
  version BIGINT UNSIGNED NOT NULL,
  digest CHAR(64) CHARACTER SET ascii NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

INSERT IGNORE INTO assistant_config (id, version, digest) VALUES (1, 0, '');

-- Which versions changed one assistant or tool.
CREATE TABLE IF NOT EXISTS assistant_config_change (
  object_id CHAR(36) CHARACTER SET ascii NOT NULL,
  version BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (object_id, version)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

CREATE TABLE IF NOT EXISTS user_assistant_threads (
  id CHAR(36) CHARACTER SET ascii NOT NULL,
  user_id VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  assistant_id CHAR(36) CHARACTER SET ascii NOT NULL,
  thread_id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  last_used DATETIME(6) NOT NULL,
  created_at DATETIME(6) NOT NULL,
  updated_at DATETIME(6) NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

ALTER TABLE user_assistant_threads ADD UNIQUE INDEX user_assistant_threads_pair (user_id, assistant_id);
ALTER TABLE user_assistant_threads ADD UNIQUE INDEX user_assistant_threads_thread (thread_id);
ALTER TABLE user_assistant_threads ADD INDEX user_assistant_threads_assistant (assistant_id);

-- A message of a user: the row that an assistant answers. Its lane is its thread, in the order of id_message.
CREATE TABLE IF NOT EXISTS assistant_message (
  id_message BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  thread_id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  assistant_id CHAR(36) CHARACTER SET ascii NOT NULL,
  user_id VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  source VARCHAR(16) CHARACTER SET ascii NOT NULL,
  text MEDIUMTEXT NOT NULL,
  status_id TINYINT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (id_message)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

-- A key of the sender: the same message handed in twice is one row.
ALTER TABLE assistant_message ADD COLUMN request_key VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL;
-- The shape in which the queue of answers wants this one: empty, S or H.
ALTER TABLE assistant_message ADD COLUMN reply_shape VARCHAR(8) CHARACTER SET ascii NOT NULL DEFAULT '';
-- 1 until the queue of answers has it.
ALTER TABLE assistant_message ADD COLUMN reply_due TINYINT(1) NOT NULL DEFAULT 0;
ALTER TABLE assistant_message ADD COLUMN response MEDIUMTEXT CHARACTER SET utf8mb4 NULL;
-- The whole turn as the next one needs it: the model's words and calls, the tools' results.
ALTER TABLE assistant_message ADD COLUMN turn LONGTEXT CHARACTER SET utf8mb4 NULL;
ALTER TABLE assistant_message ADD COLUMN config_version BIGINT UNSIGNED NULL;
ALTER TABLE assistant_message ADD COLUMN model_name VARCHAR(255) CHARACTER SET utf8mb4 NULL;
ALTER TABLE assistant_message ADD COLUMN stopped_by VARCHAR(32) CHARACTER SET ascii NULL;
ALTER TABLE assistant_message ADD COLUMN tokens_input INT UNSIGNED NULL;
ALTER TABLE assistant_message ADD COLUMN tokens_output INT UNSIGNED NULL;
ALTER TABLE assistant_message ADD COLUMN cost DECIMAL(14,8) NULL;
ALTER TABLE assistant_message ADD COLUMN operation_uuid CHAR(36) CHARACTER SET ascii NULL;
ALTER TABLE assistant_message ADD COLUMN created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6);
ALTER TABLE assistant_message ADD COLUMN processed_at DATETIME(6) NULL;
ALTER TABLE assistant_message ADD COLUMN due_at DATETIME(6) NULL;
ALTER TABLE assistant_message ADD COLUMN lease_token CHAR(32) CHARACTER SET ascii NULL;
ALTER TABLE assistant_message ADD COLUMN attempts SMALLINT UNSIGNED NOT NULL DEFAULT 0;
ALTER TABLE assistant_message ADD COLUMN lost SMALLINT UNSIGNED NOT NULL DEFAULT 0;
ALTER TABLE assistant_message ADD COLUMN first_attempt_at DATETIME(6) NULL;
ALTER TABLE assistant_message ADD COLUMN error_class VARCHAR(32) CHARACTER SET utf8mb4 NULL;
ALTER TABLE assistant_message ADD COLUMN error TEXT CHARACTER SET utf8mb4 NULL;
-- JSON; as text, since MySQL's JSON type changes the order of keys, and providers want their parts back as they were.
ALTER TABLE assistant_message ADD COLUMN checkpoints LONGTEXT CHARACTER SET utf8mb4 NULL;
ALTER TABLE assistant_message ADD UNIQUE INDEX assistant_message_request (request_key);
-- Which threads have open messages (a loose scan), and the due messages of one thread.
ALTER TABLE assistant_message ADD INDEX assistant_message_due (status_id, thread_id, due_at, id_message);
-- A thread's history, the newest first, and its listings.
ALTER TABLE assistant_message ADD INDEX assistant_message_thread (thread_id, status_id, id_message);
-- Answers that the queue of answers has not got yet.
ALTER TABLE assistant_message ADD INDEX assistant_message_reply (reply_due, status_id, id_message);
-- What is in flight of a thread.
ALTER TABLE assistant_message ADD INDEX assistant_message_flight (thread_id, lease_token);

CREATE TABLE IF NOT EXISTS assistant_message_status (
  id TINYINT UNSIGNED NOT NULL,
  code VARCHAR(32) NOT NULL,
  description VARCHAR(255) NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

INSERT IGNORE INTO assistant_message_status (id, code, description) VALUES
  (0, 'PENDING', 'To be answered: at once where due_at is empty or past, else then.'),
  (1, 'ANSWERED', 'The answer is in response; turn holds what led to it.'),
  (2, 'PROCESSING', 'A worker holds it until due_at under lease_token.'),
  (3, 'ERROR', 'Given up; error_class and error say why. Set back to 0 to try again.'),
  (7, 'CANCELLED', 'Cancelled before it was answered.');

CREATE TABLE IF NOT EXISTS assistant_reminder (
  id CHAR(36) CHARACTER SET ascii NOT NULL,
  user_id VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  assistant_id CHAR(36) CHARACTER SET ascii NOT NULL,
  message TEXT NOT NULL,
  status VARCHAR(16) CHARACTER SET ascii NOT NULL DEFAULT 'active',
  trigger_at DATETIME(6) NOT NULL,
  time_zone VARCHAR(64) CHARACTER SET ascii NOT NULL DEFAULT 'UTC',
  first_local VARCHAR(19) CHARACTER SET ascii NULL,
  rule VARCHAR(255) CHARACTER SET ascii NULL,
  delivered INT UNSIGNED NOT NULL DEFAULT 0,
  reply_shape VARCHAR(8) CHARACTER SET ascii NOT NULL DEFAULT '',
  created_at DATETIME(6) NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

ALTER TABLE assistant_reminder ADD INDEX assistant_reminder_due (status, trigger_at, id);
ALTER TABLE assistant_reminder ADD INDEX assistant_reminder_user (user_id, status, trigger_at);
