-- Hot items: the auctions with most bids in the last ten seconds, every two seconds; all of them where several have as many.
-- stream: append closing
WITH counts AS (
  SELECT auction, count(*) AS num, window(dateTime, '10 seconds', '2 seconds') AS hop
  FROM bid
  GROUP BY auction, window(dateTime, '10 seconds', '2 seconds')
)
SELECT counts.auction, counts.num
FROM counts JOIN (SELECT max(num) AS most, hop FROM counts GROUP BY hop) AS hottest
ON counts.hop = hottest.hop AND counts.num >= hottest.most
