-- Log to files: the rows with the day and the minute by which the published query partitions its files. The files are left out.
-- stream: append
SELECT auction, bidder, price, dateTime, extra, date_format(dateTime, 'yyyy-MM-dd') AS dt, date_format(dateTime, 'HH:mm') AS hm
FROM bid
