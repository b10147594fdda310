-- Average selling price by seller: of the winning bids of the seller's last ten auctions and the one that closes.
-- The winner of an auction is settled by time and bidder where two bid as much. Flink cannot run it as a stream either.
-- stream: no: windows over rows
SELECT seller, avg(price) OVER (PARTITION BY seller ORDER BY dateTime, id ROWS BETWEEN 10 PRECEDING AND CURRENT ROW) AS avg_price
FROM (
  SELECT A.id, A.seller, B.price, B.dateTime,
         row_number() OVER (PARTITION BY A.id, A.seller ORDER BY B.price DESC, B.dateTime, B.bidder) AS rank_number
  FROM auction A JOIN bid B ON A.id = B.auction
  WHERE B.dateTime BETWEEN A.dateTime AND A.expires
) AS winning
WHERE rank_number <= 1
