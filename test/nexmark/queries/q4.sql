-- Average price for a category: of the winning bids.
-- stream: no: an aggregate without a window over another one
SELECT category, avg(final) AS average
FROM (
  SELECT A.category, max(B.price) AS final
  FROM auction A JOIN bid B ON A.id = B.auction
  WHERE B.dateTime BETWEEN A.dateTime AND A.expires
  GROUP BY A.id, A.category
) AS winning
GROUP BY category
