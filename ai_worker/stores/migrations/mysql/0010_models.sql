-- How one model's server wants its requests: its own address, and a JSON object of the fields that models.example.toml explains.

ALTER TABLE ai_model ADD COLUMN base_url VARCHAR(512) CHARACTER SET utf8mb4 NULL;
ALTER TABLE ai_model ADD COLUMN settings MEDIUMTEXT CHARACTER SET utf8mb4 NULL;
