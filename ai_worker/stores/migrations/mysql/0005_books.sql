-- Requests written once, however often they are sent; reservations of money that a killed process cannot hold for ever.

ALTER TABLE api_requests_history ADD UNIQUE INDEX api_requests_history_request (request_id);

-- What the dearest of the latest calls was reserved at: what the next one may cost.
ALTER TABLE budget_ledger ADD COLUMN call_amount DECIMAL(18,8) NOT NULL DEFAULT 0;

-- What one process has reserved of one budget. It is given back at expires_at, unless the process says more before.
CREATE TABLE IF NOT EXISTS budget_holding (
  scope VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  owner CHAR(32) CHARACTER SET ascii NOT NULL,
  amount DECIMAL(18,8) NOT NULL DEFAULT 0,
  number BIGINT UNSIGNED NOT NULL,
  expires_at DATETIME(6) NOT NULL,
  PRIMARY KEY (scope, owner)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4;
