-- Spark's functions that the queries use and DuckDB names otherwise: only the fields of patterns that occur.
CREATE MACRO date_format(time, pattern) AS
  strftime(time, replace(replace(replace(replace(replace(pattern, 'yyyy', '%Y'), 'MM', '%m'), 'dd', '%d'), 'HH', '%H'), 'mm', '%M'));
