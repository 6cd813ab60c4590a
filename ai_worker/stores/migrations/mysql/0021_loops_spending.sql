-- The one search for duplicates of a round may ask for embeddings: what they took stands in its row, as in rows that ask a model.

ALTER TABLE loop_step ADD COLUMN operation_uuid CHAR(36) CHARACTER SET ascii NULL;
ALTER TABLE loop_step ADD COLUMN tokens_input INT UNSIGNED NULL;
ALTER TABLE loop_step ADD COLUMN tokens_output INT UNSIGNED NULL;
ALTER TABLE loop_step ADD COLUMN cost DECIMAL(14,8) NULL;
