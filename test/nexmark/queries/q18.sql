-- Last bid of each bidder on each auction; of two at once the higher, so that there is one.
-- stream: no: row_number over rows
SELECT auction, bidder, price, channel, url, dateTime, extra
FROM (
  SELECT *, row_number() OVER (PARTITION BY bidder, auction ORDER BY dateTime DESC, price DESC, extra) AS rank_number
  FROM bid
) AS ranked
WHERE rank_number <= 1
