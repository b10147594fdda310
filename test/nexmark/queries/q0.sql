-- Pass through: what reading and writing cost.
-- stream: append
SELECT auction, bidder, price, dateTime, extra
FROM bid
