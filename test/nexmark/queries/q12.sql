-- Bids by bidder and ten seconds: of event time, where the published query has processing time, whose answer nobody can know.
-- stream: append closing
SELECT bidder, count(*) AS bid_count, window.start AS starttime, window.end AS endtime
FROM bid
GROUP BY bidder, window(dateTime, '10 seconds')
