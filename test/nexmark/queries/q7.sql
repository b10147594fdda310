-- Highest bid of each ten seconds; all of them where several bid as much.
-- stream: append closing
SELECT B.auction, B.price, B.bidder, B.dateTime, B.extra
FROM bid B JOIN (
  SELECT max(price) AS highest, window.end AS endtime
  FROM bid
  GROUP BY window(dateTime, '10 seconds')
) AS M
ON B.price = M.highest AND B.dateTime BETWEEN M.endtime - INTERVAL '10' SECOND AND M.endtime
