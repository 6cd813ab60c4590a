-- The file that a task's texts are from, so that accepted ones go back in its form.

ALTER TABLE task ADD COLUMN source_file VARCHAR(1000) CHARACTER SET utf8mb4 NULL;
