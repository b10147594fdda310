SELECT B.auction, B.price, B.bidder, B.dateTime, B.extra
FROM bid B JOIN (
  SELECT max(price) AS highest, time_bucket(INTERVAL 10 SECONDS, dateTime) + INTERVAL 10 SECONDS AS endtime
  FROM bid
  GROUP BY endtime
) AS M
ON B.price = M.highest AND B.dateTime BETWEEN M.endtime - INTERVAL 10 SECONDS AND M.endtime
