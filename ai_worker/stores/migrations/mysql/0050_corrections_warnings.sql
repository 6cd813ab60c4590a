-- Warnings about answers, for a reviewer to look at and filter by; and the format of a task's texts.

ALTER TABLE task ADD COLUMN format VARCHAR(16) NULL;

CREATE TABLE IF NOT EXISTS task_item_warning (
  id_task_item BIGINT UNSIGNED NOT NULL,
  position INT UNSIGNED NOT NULL,
  code VARCHAR(32) CHARACTER SET ascii NOT NULL,
  detail VARCHAR(500) NOT NULL,
  PRIMARY KEY (id_task_item, position)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

ALTER TABLE task_item_warning ADD INDEX task_item_warning_code (code, id_task_item);

CREATE TABLE IF NOT EXISTS warning_class (
  id TINYINT UNSIGNED NOT NULL,
  code VARCHAR(32) NOT NULL,
  name_en VARCHAR(64) NOT NULL,
  name_pl VARCHAR(64) NOT NULL,
  description VARCHAR(255) NOT NULL DEFAULT '',
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;

INSERT IGNORE INTO warning_class (id, code, name_en, name_pl, description) VALUES
  (1, 'markup', 'Markup', 'Znaczniki', 'Tags, placeholders, emphasis or line ends differ.'),
  (2, 'number', 'Number', 'Liczba', 'A number is missing, added or another one.'),
  (3, 'date', 'Date', 'Data', 'A day of the week or month became another.'),
  (4, 'unit', 'Unit', 'Jednostka', 'A unit or currency became another.'),
  (5, 'name', 'Name', 'Nazwa', 'A name or product code is written otherwise or missing.'),
  (6, 'address', 'Address', 'Adres', 'A link, domain, path, e-mail address or handle differs.'),
  (7, 'unchanged', 'Unchanged', 'Bez zmian', 'The translation is the text itself.'),
  (8, 'language', 'Language', 'Język', 'The answer seems to be in another language.'),
  (9, 'length', 'Length', 'Długość', 'The answer is out of proportion to its text.'),
  (10, 'glossary', 'Glossary', 'Słownik', 'A term of the glossary is not found in the translation.'),
  (11, 'repeated', 'Repeated', 'Powtórzenie', 'The answer repeats itself.'),
  (12, 'escape', 'Escape', 'Kod znaku', 'Letters are written as codes or read in a wrong encoding.')
-- A row of the panel's keeps what it says; only what is empty is filled in.
ON DUPLICATE KEY UPDATE code = IF(code = '', VALUES(code), code), name_en = IF(name_en = '', VALUES(name_en), name_en),
  name_pl = IF(name_pl = '', VALUES(name_pl), name_pl), description = IF(description = '', VALUES(description), description);
