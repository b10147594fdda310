-- Windows as in Spark: those of 10 seconds that begin at a multiple of 2 seconds and hold the bid.
WITH counts AS (
  SELECT auction, count(*) AS num, time_bucket(INTERVAL 2 SECONDS, dateTime) - INTERVAL 2 SECONDS * hop.back AS starttime
  FROM bid, range(5) AS hop(back)
  GROUP BY ALL
)
SELECT counts.auction, counts.num
FROM counts JOIN (SELECT max(num) AS most, starttime FROM counts GROUP BY starttime) AS hottest
ON counts.starttime = hottest.starttime AND counts.num >= hottest.most
