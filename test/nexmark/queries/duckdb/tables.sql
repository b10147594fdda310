-- Nexmark's tables over the files of data.ts: $DATA stands for their folder.
CREATE OR REPLACE VIEW person AS
SELECT * FROM read_json('$DATA/person/*.json', format = 'newline_delimited', columns = {
  id: 'BIGINT', name: 'VARCHAR', emailAddress: 'VARCHAR', creditCard: 'VARCHAR', city: 'VARCHAR', state: 'VARCHAR',
  dateTime: 'TIMESTAMP', extra: 'VARCHAR'
});
CREATE OR REPLACE VIEW auction AS
SELECT * FROM read_json('$DATA/auction/*.json', format = 'newline_delimited', columns = {
  id: 'BIGINT', itemName: 'VARCHAR', description: 'VARCHAR', initialBid: 'BIGINT', reserve: 'BIGINT', dateTime: 'TIMESTAMP',
  expires: 'TIMESTAMP', seller: 'BIGINT', category: 'BIGINT', extra: 'VARCHAR'
});
CREATE OR REPLACE VIEW bid AS
SELECT * FROM read_json('$DATA/bid/*.json', format = 'newline_delimited', columns = {
  auction: 'BIGINT', bidder: 'BIGINT', price: 'BIGINT', channel: 'VARCHAR', url: 'VARCHAR', dateTime: 'TIMESTAMP', extra: 'VARCHAR'
});
CREATE OR REPLACE VIEW side_input AS
SELECT * FROM read_csv('$DATA/side_input/*.csv', header = false, columns = { key: 'BIGINT', value: 'VARCHAR' });

-- Spark's functions that the queries use and DuckDB names otherwise: only the fields of patterns that occur.
CREATE OR REPLACE MACRO date_format(moment, pattern) AS
  strftime(moment, replace(replace(replace(replace(replace(pattern, 'yyyy', '%Y'), 'MM', '%m'), 'dd', '%d'), 'HH', '%H'), 'mm', '%M'));
