-- A session begins with a bid more than 10 seconds after the one before: sessions that touch are one, as in Spark.
SELECT bidder, count(*) AS bid_count, min(dateTime) AS starttime, max(dateTime) + INTERVAL 10 SECONDS AS endtime
FROM (
  SELECT bidder, dateTime, sum(begins) OVER (PARTITION BY bidder ORDER BY dateTime) AS session
  FROM (
    SELECT bidder, dateTime,
           CASE WHEN dateTime - lag(dateTime) OVER (PARTITION BY bidder ORDER BY dateTime) > INTERVAL 10 SECONDS THEN 1 ELSE 0 END AS begins
    FROM bid
  )
)
GROUP BY bidder, session
