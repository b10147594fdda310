-- Top ten bids of each auction; those of one price by time, bidder and text, so that their ranks are settled.
-- stream: no: row_number over rows
SELECT *
FROM (
  SELECT *, row_number() OVER (PARTITION BY auction ORDER BY price DESC, dateTime, bidder, extra) AS rank_number
  FROM bid
) AS ranked
WHERE rank_number <= 10
