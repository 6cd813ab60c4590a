-- Every single edit of an answer, for a person to accept or reject.

CREATE TABLE IF NOT EXISTS task_item_change (
  id_task_item_change BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  id_task_item BIGINT UNSIGNED NOT NULL,
  position INT UNSIGNED NOT NULL,
  span_start INT UNSIGNED NOT NULL,
  span_end INT UNSIGNED NOT NULL,
  before_text MEDIUMTEXT NOT NULL,
  after_text MEDIUMTEXT NOT NULL,
  kind VARCHAR(16) NOT NULL,
  reason TEXT NULL,
  status_id TINYINT UNSIGNED NOT NULL DEFAULT 0,
  reviewed_by VARCHAR(190) NULL,
  reviewed_at DATETIME(6) NULL,
  PRIMARY KEY (id_task_item_change)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

ALTER TABLE task_item_change ADD UNIQUE INDEX task_item_change_position (id_task_item, position);

CREATE TABLE IF NOT EXISTS task_item_change_status (
  id TINYINT UNSIGNED NOT NULL,
  code VARCHAR(32) NOT NULL,
  name_en VARCHAR(64) NOT NULL,
  name_pl VARCHAR(64) NOT NULL,
  description VARCHAR(255) NOT NULL DEFAULT '',
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

INSERT IGNORE INTO task_item_change_status (id, code, name_en, name_pl, description) VALUES
  (0, 'PROPOSED', 'Proposed', 'Proponowana', 'Nobody has judged it; it goes with its item.'),
  (1, 'ACCEPTED', 'Accepted', 'Zatwierdzona', 'It is applied in what is exported.'),
  (2, 'REJECTED', 'Rejected', 'Odrzucona', 'It is not applied in what is exported: the source keeps its own words there.')
-- A row of the panel's keeps what it says; only what is empty is filled in.
ON DUPLICATE KEY UPDATE code = IF(code = '', VALUES(code), code), name_en = IF(name_en = '', VALUES(name_en), name_en),
  name_pl = IF(name_pl = '', VALUES(name_pl), name_pl), description = IF(description = '', VALUES(description), description);

CREATE TABLE IF NOT EXISTS change_kind (
  id TINYINT UNSIGNED NOT NULL,
  code VARCHAR(32) NOT NULL,
  name_en VARCHAR(64) NOT NULL,
  name_pl VARCHAR(64) NOT NULL,
  description VARCHAR(255) NOT NULL DEFAULT '',
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

INSERT IGNORE INTO change_kind (id, code, name_en, name_pl, description) VALUES
  (1, 'spelling', 'Spelling', 'Ortografia', 'One word, or a word split or joined, written differently.'),
  (2, 'grammar', 'Grammar', 'Gramatyka', 'The same word in another form, or a function word.'),
  (3, 'punctuation', 'Punctuation', 'Interpunkcja', 'Only punctuation or spaces differ.'),
  (4, 'style', 'Style', 'Styl', 'Other words for what was said.'),
  (5, 'meaning', 'Meaning', 'Znaczenie', 'A number, a negation or much of a sentence differs: look twice.')
-- A row of the panel's keeps what it says; only what is empty is filled in.
ON DUPLICATE KEY UPDATE code = IF(code = '', VALUES(code), code), name_en = IF(name_en = '', VALUES(name_en), name_en),
  name_pl = IF(name_pl = '', VALUES(name_pl), name_pl), description = IF(description = '', VALUES(description), description);
